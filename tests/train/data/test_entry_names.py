"""Names of a zip's entries that do not say how they are written: western ones, and those of Asian pages."""

from __future__ import annotations

import random

import pytest

from train.data.entry_names import code_page, decoded


@pytest.mark.parametrize("page", ["cp850", "cp437", "cp1252"])
@pytest.mark.parametrize(
    "name", ["Menü\\A\\0.png", "A\\0ü\\bild.png", "A/größe.png", "A/für.png", "A/übung.png", "Menü/à/0.png"]
)
def test_a_lone_letter_of_a_western_name_is_no_half_of_a_character(page: str, name: str) -> None:
    names = [name.encode(page), name.replace("0", "1").encode(page)]
    assert decoded(names[0], code_page(names)) == name


WORDS = {
    ("cp437", "cp850", "cp1252"): (
        "schön Größe für Äpfel Menü Tür Möwe übung Straße weiß Schuh_grün Fußgänger Maß Ähre Köln Bücher",
        "café élève garçon naïve forêt où été à déjà Noël château hôtel français fenêtre âge île même",
        "niño año señor tú José Año español corazón camión mañana Ángel útil página según",
        "góra wzór Kraków pokój król góry mój próba ósemka",
    ),
    ("cp932",): (
        "表 ソース 写真_能 img表 表示 能力 十人 予定 噂話 入力 画像 カメラ モデル 新しいフォルダ 猫 犬",
    ),
    ("cp949",): ("사진 그림_1 풍경 img사진 새_폴더 한글 신발 가방 학교 입력 출력 고양이 건물 낮 밤",),
    ("gbk",): ("图像 风景_1 输入 照片_2 能 中文 图片 鞋子 背包 学校 输出 线稿 猫 建筑 白天",),
    ("cp950",): ("功 許可 成功 img許 照片_1 功課 餐廳 蓋子 淚水 輸入 輸出 線稿 貓 建築 圖片",),
}


@pytest.mark.parametrize("between", ["/", "\\"])
@pytest.mark.parametrize(
    ("page", "words"),
    [(page, text.split()) for pages, texts in WORDS.items() for page in pages for text in texts],
)
def test_no_folder_is_lost_and_most_names_are_right(page: str, words: list[str], between: str) -> None:
    rng, right, every = random.Random(5), 0, 100
    known = [word for word in words if word == word.encode(page, "replace").decode(page)]
    for _ in range(every):
        some = rng.choices(known, k=rng.randint(1, 6))
        form = rng.choice(["A|{0}.png", "{1}|A|{0}{2}.png", "A|{0}|bild.png", "A|{2}{0}|{2}.png"])
        names = [form.replace("|", between).format(word, some[0], n) for n, word in enumerate(some)]
        stored = [name.encode(page) for name in names]
        read = [decoded(name, code_page(stored)).replace("\\", "/") for name in stored]
        wanted = [name.replace("\\", "/") for name in names]
        assert [name.count("/") for name in read] == [name.count("/") for name in wanted]
        right += read == wanted
    assert right >= 0.85 * every
