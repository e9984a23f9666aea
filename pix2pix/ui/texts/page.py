"""Texts of the page around the tabs."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "page_title": "pix2pix studio",
        "tab_draw": "Draw",
        "tab_photo": "Photo",
        "tab_train": "Train",
        "tab_critic": "Critic",
        "tab_learn": "Learn",
        "language": "Language",
        "theme": "Light or dark",
        "owner_refused": (
            "The link was used already, or is of an earlier start of the app: open the newest one that the"
            " console printed."
        ),
    },
    "ko": {
        "page_title": "pix2pix 스튜디오",
        "tab_draw": "그리기",
        "tab_photo": "사진",
        "tab_train": "학습",
        "tab_critic": "비평가",
        "tab_learn": "배우기",
        "language": "언어",
        "theme": "밝게 또는 어둡게",
        "owner_refused": (
            "이미 사용한 링크이거나 앱을 다시 시작하기 전의 링크입니다. 콘솔에 마지막으로 출력된 링크를"
            " 여세요."
        ),
    },
}
