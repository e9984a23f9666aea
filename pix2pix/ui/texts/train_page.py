"""Texts of the Train tab's scripts: the data report, the run, and what is said about both.

The trainer's own sentences are English; where a language has a sentence for the same finding or diagnosis,
that one is shown. ``{n}`` is the number of files or pairs concerned.
"""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "train_seconds": "{n} s",
        "train_minutes_long": "{n} min",
        "train_hours": "{n} h {m} min",
        "train_looking": "Looking at the pairs… {n}",
        "train_can": "This can be trained on.",
        "train_can_but": "This can be trained on; look at the warnings first ({n}).",
        "train_cannot": "This cannot be trained on.",
        "train_counts": "{train} pairs to train on, {val} held out. The input is taken as {input}.",
        "train_input_edges": "edges",
        "train_input_labels": "labels",
        "train_input_photo": "photos",
        "train_input_lowres": "small copies",
        "train_input_grey": "grey copies",
        "train_input_auto": "it comes",
        "train_pairs_alt": "Some of the pairs: A above, B below",
        "train_made_row": "made",
        "train_photo_row": "photo",
        "train_is_input": "the input",
        "train_is_target": "the goal",
        "train_more_files": "and {n} more",
        "train_no_run": "No training yet. Drop data, look at the report, and press “Start training”.",
        "train_no_runs": "Runs appear here.",
        "train_runs": "Runs",
        "train_progress": "Progress of the training",
        "train_state_starting": "starting",
        "train_state_running": "training",
        "train_state_stopping": "saving",
        "train_state_finished": "finished",
        "train_state_stopped": "stopped",
        "train_state_failed": "failed",
        "train_state_lost": "interrupted",
        "train_reading": "Reading the data and getting the networks ready…",
        "train_saving": "Finishing the step and saving…",
        "train_paused": "Paused and saved. “Resume” goes on where it stopped.",
        "train_kept": (
            "Stopped. The model is kept and stands in every list of models; “Resume” would go on with it."
        ),
        "train_ended": "Finished. The model stands in every list of models.",
        "train_left": "time left",
        "train_trained": "trained for",
        "train_rate": "images/s",
        "train_step": "step",
        "train_metric_l1": "L1",
        "train_metric_ssim": "SSIM",
        "train_metric_spectrum": "spectrum (dB)",
        "train_metric_sharpness": "sharpness",
        "train_drawing": "Your drawing, through the model as it learns",
        "train_drawing_alt": "Your drawing as a photo after {n} steps",
        "train_after_step": "step {n}",
        "train_compare_input": "Input",
        "train_compare_alt": "What {name} makes of the input",
        "train_hub_done": "Your model is on the Hub:",
    },
    "ko": {
        "train_seconds": "{n}초",
        "train_minutes_long": "{n}분",
        "train_hours": "{n}시간 {m}분",
        "train_looking": "쌍을 살펴보는 중… {n}",
        "train_can": "이 데이터로 학습할 수 있습니다.",
        "train_can_but": "학습할 수 있습니다. 먼저 경고를 확인하세요 ({n}개).",
        "train_cannot": "이 데이터로는 학습할 수 없습니다.",
        "train_counts": "학습용 {train}쌍, 따로 둔 {val}쌍. 입력 종류: {input}.",
        "train_input_edges": "윤곽선",
        "train_input_labels": "라벨",
        "train_input_photo": "사진",
        "train_input_lowres": "작은 사본",
        "train_input_grey": "흑백 사본",
        "train_input_auto": "그대로",
        "train_pairs_alt": "쌍의 일부: 위가 A, 아래가 B",
        "train_made_row": "만든 입력",
        "train_photo_row": "사진",
        "train_is_input": "입력",
        "train_is_target": "목표",
        "train_more_files": "그 밖에 {n}개",
        "train_no_run": "아직 학습이 없습니다. 데이터를 올리고 보고서를 확인한 뒤 ‘학습 시작’을 누르세요.",
        "train_no_runs": "학습 목록이 여기에 나타납니다.",
        "train_runs": "학습 목록",
        "train_progress": "학습 진행률",
        "train_state_starting": "시작하는 중",
        "train_state_running": "학습 중",
        "train_state_stopping": "저장 중",
        "train_state_finished": "끝남",
        "train_state_stopped": "멈춤",
        "train_state_failed": "실패",
        "train_state_lost": "중단됨",
        "train_reading": "데이터를 읽고 신경망을 준비하는 중…",
        "train_saving": "하던 단계를 마치고 저장하는 중…",
        "train_paused": "멈추고 저장했습니다. ‘이어서 학습’을 누르면 그 자리에서 계속합니다.",
        "train_kept": (
            "멈췄습니다. 모델은 남아 모든 모델 목록에 있습니다. ‘이어서 학습’으로 계속할 수도 있습니다."
        ),
        "train_ended": "끝났습니다. 모델이 모든 모델 목록에 있습니다.",
        "train_left": "남은 시간",
        "train_trained": "학습한 시간",
        "train_rate": "장/초",
        "train_step": "단계",
        "train_metric_l1": "L1",
        "train_metric_ssim": "SSIM",
        "train_metric_spectrum": "스펙트럼 (dB)",
        "train_metric_sharpness": "선명도",
        "train_drawing": "배우는 모델로 본 내 그림",
        "train_drawing_alt": "{n}단계 뒤 내 그림의 사진",
        "train_after_step": "{n}단계",
        "train_compare_input": "입력",
        "train_compare_alt": "{name}이(가) 입력으로 만든 것",
        "train_hub_done": "모델이 Hub에 올라갔습니다:",
        "train_finding_unmatched": "짝이 분명하지 않은 파일 {n}개는 학습에서 뺍니다.",
        "train_finding_unreadable": "손상되었거나 쓸 수 없는 파일 {n}개는 학습에서 뺍니다.",
        "train_finding_stray": "알아본 폴더 밖에 있는 파일 {n}개는 학습에서 뺍니다.",
        "train_finding_format": "읽지 않는 형식의 파일 {n}개는 학습에서 뺍니다.",
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
        "train_finding_16_bit": "8비트보다 깊은 파일 {n}개는 8비트로 바꿉니다.",
        "train_finding_grey": "색이 없는 파일 {n}개는 같은 값의 RGB로 읽습니다.",
        "train_finding_alpha": "투명한 부분이 있는 파일 {n}개는 투명한 곳을 흰색으로 채웁니다.",
        "train_finding_several": "그림이 여럿 든 파일 {n}개는 첫 그림만 씁니다.",
        "train_finding_no_val": (
            "쌍이 하나뿐이라 따로 두지 못합니다. 숫자는 다른 그림에 대해 말해 주지 않습니다."
        ),
        "train_finding_few": "학습할 쌍이 {n}개뿐입니다. 학습된 모델에서 시작하거나 쌍을 더하세요.",
        "train_finding_held_out": "val 폴더가 없어 일부 쌍을 이름으로 골라 측정용으로 따로 둡니다.",
        "train_finding_test": "val 폴더가 있으므로 test 쌍은 그대로 둡니다.",
        "train_finding_other": "그림이 아닌 파일 {n}개는 그대로 둡니다.",
        "train_diagnosis_discriminator_won": (
            "판별자가 이겼습니다. 생성자가 더 배우지 못합니다. 데이터를 더하거나 diff_augment를 켜거나"
            " 판별자를 작게 하세요."
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
        "train_diagnosis_learnt_by_heart": (
            "학습용 쌍을 외웠습니다. 새 그림은 나아지지 않습니다. 여기서 멈추거나 쌍을 더하세요."
        ),
        "train_diagnosis_not_moving": "손실이 움직이지 않습니다. 학습률과 데이터를 확인하세요.",
        "train_diagnosis_learning_rate_too_high": (
            "학습률이 너무 높습니다. learning_rate를 낮춰 다시 시작하세요."
        ),
    },
}
