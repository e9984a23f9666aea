"""What the trainer finds in data and in runs, for pages in other languages than its own, English.

A finding or diagnosis without a sentence here is shown as the trainer says it. ``{n}`` is the number of files
or pairs concerned.
"""

from __future__ import annotations

SENTENCES: dict[str, dict[str, str]] = {
    "ko": {
        "train_finding_unmatched": "짝이 분명하지 않은 파일 {n}개는 학습에서 뺍니다.",
        "train_finding_unreadable": "손상되었거나 쓸 수 없는 파일 {n}개는 학습에서 뺍니다.",
        "train_finding_stray": "알아본 폴더 밖에 있는 파일 {n}개는 학습에서 뺍니다.",
        "train_finding_format": "읽지 않는 형식의 파일 {n}개는 학습에서 뺍니다.",
        "train_finding_guessed": (
            "파일 이름이 같은 두 폴더 가운데 A를 짐작했습니다. 반대라면 폴더 이름을 B와 A로 바꾸세요."
        ),
        "train_finding_direction": "방향이 반대로 보입니다. 사진을 만들려면 다른 방향을 고르세요.",
        "train_finding_swapped": "{n}쌍에서 A와 B가 바뀐 것 같습니다. 바로잡거나 빼세요.",
        "train_finding_perhaps_pairs": "사진 {n}장은 나란한 두 그림일 수 있습니다. 쌍이라면 다시 확인하세요.",
        "train_finding_input": "입력 {n}개가 고른 종류와 달라 보입니다. 입력과 방향을 확인하세요.",
        "train_finding_shifted": "{n}쌍에서 A와 B가 어긋나 있어 결과가 흐려집니다. 맞추거나 빼세요.",
        "train_finding_leaked": (
            "따로 둔 쌍 {n}개가 학습용에도 있어 숫자가 실제보다 좋게 나옵니다. 한쪽에서 빼세요."
        ),
        "train_finding_duplicates": (
            "{n}쌍이 두 번 이상 들어 있어 그만큼 자주 보여 줍니다. 원하지 않으면 빼세요."
        ),
        "train_finding_same_input": (
            "{n}가지 경우에 입력 하나에 목표가 여럿 있습니다. 학습은 그 중간을 찾습니다."
        ),
        "train_finding_same_target": "{n}가지 경우에 목표 하나에 입력이 여럿 있습니다. 모두 학습합니다.",
        "train_finding_aspect": (
            "{n}쌍에서 입력과 목표의 모양이 달라 목표를 늘입니다. 서로 맞지 않을 수 있습니다."
        ),
        "train_finding_size": "{n}쌍에서 입력과 목표의 크기가 달라 목표를 입력 크기로 바꿉니다.",
        "train_finding_tiny": "그림 {n}장이 아주 작아 크게 늘립니다. 세부는 생기지 않습니다.",
        "train_finding_small": "그림 {n}장이 신경망의 크기보다 작아 늘립니다. 세부는 생기지 않습니다.",
        "train_finding_oblong": "그림 {n}장이 정사각형이 아니어서 정사각형에 맞춥니다.",
        "train_finding_labels": "입력은 라벨 {n}가지로 된 그림입니다. 라벨마다 색 하나로 학습합니다.",
        "train_finding_16_bit": "8비트보다 깊은 파일 {n}개는 모두 같은 기준으로 8비트로 바꿉니다.",
        "train_finding_grey": "색이 없는 파일 {n}개는 같은 값의 RGB로 읽습니다.",
        "train_finding_alpha": "투명한 부분이 있는 파일 {n}개는 투명한 곳을 흰색으로 채웁니다.",
        "train_finding_large": "4천만 픽셀이 넘는 파일 {n}개는 줄여서 읽습니다.",
        "train_finding_several": "그림이 여럿 든 파일 {n}개는 첫 그림만 씁니다.",
        "train_finding_bands": "색보다 밴드가 많은 파일 {n}개는 앞쪽 밴드만 색으로 씁니다.",
        "train_finding_no_val": (
            "쌍이 하나뿐이라 따로 두지 못합니다. 숫자는 다른 그림에 대해 말해 주지 않습니다."
        ),
        "train_finding_few": "학습할 쌍이 {n}개뿐입니다. 학습된 모델에서 시작하거나 쌍을 더하세요.",
        "train_finding_held_out": "val 폴더가 없어 일부 쌍을 이름으로 골라 측정용으로 따로 둡니다.",
        "train_finding_test": "val 폴더가 있으므로 test 쌍은 그대로 둡니다.",
        "train_finding_other": "그림이 아닌 파일 {n}개는 그대로 둡니다.",
        "train_diagnosis_discriminator_won": (
            "판별자가 이겼습니다. 생성자가 더 배우지 못합니다. 데이터를 더하거나 판별자를 작게 하세요."
        ),
        "train_diagnosis_discriminator_lost": (
            "판별자가 아무것도 배우지 못했습니다. 그대로면 결과가 흐려집니다. 판별자를 키우거나"
            " 학습률을 확인하세요."
        ),
        "train_diagnosis_ignores_input": (
            "생성자가 입력을 무시합니다. 쌍이 서로 맞는지, 방향이 맞는지 확인하세요."
        ),
        "train_diagnosis_flat": (
            "결과가 모두 밋밋한 회색이 되었습니다. 학습률을 낮추거나 모델에서 시작하세요."
        ),
        "train_diagnosis_colourless": (
            "결과의 색이 사진보다 훨씬 옅습니다. 더 오래 학습하거나 데이터를 더하세요."
        ),
        "train_diagnosis_checkerboard": (
            "결과에 바둑판 무늬가 있습니다. 더 오래 학습하거나 final을 resize로 하세요."
        ),
        "train_diagnosis_overfitting": (
            "학습용 쌍을 외웠습니다. 새 그림은 나아지지 않습니다. 여기서 멈추거나 쌍을 더하세요."
        ),
        "train_diagnosis_not_moving": "손실이 움직이지 않습니다. 학습률과 데이터를 확인하세요.",
        "train_diagnosis_learning_rate_too_high": (
            "학습률이 너무 높습니다. learning_rate를 낮춰 다시 시작하세요."
        ),
    },
}
