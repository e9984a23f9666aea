"""Texts of the Train tab: labels, buttons and hints."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "train_visitor": (
            "Only the owner of this app can train here. Is that you? Then open the link that the app printed"
            " on its console, at its start or after the last one was used. If not, run the app on your own"
            " computer: there everything is yours."
        ),
        "train_visitor_space": (
            "Only the owner of this Space can train here, because many people share it: duplicate this Space"
            " to train on pictures of your own. Hugging Face may ask for a paid plan to run a copy; on your"
            " own computer it is free."
        ),
        "train_owner_login": "Is this your Space? Then log in below.",
        "train_owner_no_login": (
            "Is this your Space? Its README.md has to say `hf_oauth: true`, so that you can log in here."
        ),
        "train_duplicate": "Duplicate this Space to train",
        "train_example": "No pairs yet? Try it with 24 emoji",
        "train_data": "1. What do you have?",
        "train_data_one": "A zip, A|B pictures, or photos",
        "train_data_two": "Two sets of files",
        "train_data_named": "A folder here, or a Hub data set",
        "train_data_named_hub": "A Hub data set",
        "train_files": "A zip · A|B pictures · photos alone",
        "train_files_a": "Set A",
        "train_files_b": "Set B: the same file names",
        "train_named": "Folder on this machine, or hf://datasets/owner/name",
        "train_made": "The photos are the goal. What should the model get?",
        "train_made_edges": "Their edges (to draw)",
        "train_made_lowres": "A small copy (to sharpen)",
        "train_made_grey": "A grey copy (to colour)",
        "train_direction": "2. Which half becomes which?",
        "train_a_to_b": "A → B",
        "train_b_to_a": "B → A",
        "train_from": "Start from",
        "train_nothing": "Nothing (new networks)",
        "train_minutes": "Minutes",
        "train_size": "Picture size",
        "train_seed": "Seed",
        "train_matters": "What matters more?",
        "train_matters_closer": "Closer to the examples",
        "train_matters_both": "Both",
        "train_matters_crisper": "Crisper details",
        "train_more": "More options",
        "train_name": "Name of the run",
        "train_name_info": "Empty: named after the data",
        "train_by_preset": "as the preset or the model has it",
        "train_start": "3. Start training",
        "train_pause": "Pause",
        "train_keep": "Stop and keep the model",
        "train_resume": "Resume",
        "train_longer": "Train for longer",
        "train_more_minutes": "More minutes",
        "train_sheet": "Held-out pairs; critic: orange fake, blue real",
        "train_actions": "Download, share, rename or delete this run",
        "train_download": "Download the model (zip)",
        "train_hub": "Push to the Hugging Face Hub",
        "train_hub_name": "Repository",
        "train_hub_private": "Private: only you can see it (of a new repository)",
        "train_hub_token": "Token",
        "train_hub_token_info": (
            "With the right to write. Used once, kept nowhere. No other token is ever used."
        ),
        "train_hub_token_login": "With the right to write. Used once, kept nowhere. Empty: the login above.",
        "train_hub_push": "Push the model and its card",
        "train_new_name": "New name",
        "train_rename": "Rename",
        "train_delete": "Delete this run…",
        "train_delete_sure": (
            "Delete the run, its model, and its copy of the uploaded data? This cannot be undone."
        ),
        "train_delete_yes": "Yes, delete it",
        "train_delete_no": "No, keep it",
        "train_compare": "Compare two models on the same input",
        "train_model_left": "Left",
        "train_model_right": "Right",
        "train_compare_picture": "The input, as the models take it (edges, labels or a photo)",
        "train_compare_on": "Compare on",
        "train_compare_pair": "A held-out pair of the run",
        "train_compare_own": "My own picture",
        "train_compare_number": "Which pair",
        "train_compare_go": "Compare",
        "train_compare_drawing": "Compare on my drawing",
    },
    "ko": {
        "train_visitor": (
            "여기서는 이 앱의 주인만 학습할 수 있습니다. 주인이라면 앱이 콘솔에 출력한 링크를 여세요(시작할"
            " 때, 또는 앞의 링크를 쓴 뒤에 출력됩니다). 주인이 아니라면 내 컴퓨터에서 앱을 실행하세요."
            " 거기서는 모든 기능을 쓸 수 있습니다."
        ),
        "train_visitor_space": (
            "여러 사람이 함께 쓰는 Space라서 이 Space의 주인만 학습할 수 있습니다. 내 사진으로 학습하려면"
            " 이 Space를 복제하세요."
            " 복제본을 실행하려면 Hugging Face의 유료 요금제가 필요할 수 있습니다. 내 컴퓨터에서는"
            " 무료입니다."
        ),
        "train_owner_login": "내 Space인가요? 아래에서 로그인하세요.",
        "train_owner_no_login": (
            "내 Space인가요? 여기서 로그인하려면 README.md에 `hf_oauth: true`가 있어야 합니다."
        ),
        "train_duplicate": "학습하려면 이 Space 복제하기",
        "train_example": "쌍이 아직 없다면 이모지 24쌍으로 해 보기",
        "train_data": "1. 어떤 자료가 있나요?",
        "train_data_one": "zip, A|B 그림, 또는 사진",
        "train_data_two": "파일 두 묶음",
        "train_data_named": "이 컴퓨터의 폴더 또는 Hub 데이터셋",
        "train_data_named_hub": "Hub 데이터셋",
        "train_files": "zip · 양쪽이 나란히 있는 그림 · 사진만",
        "train_files_a": "묶음 A",
        "train_files_b": "묶음 B: 파일 이름이 같아야 합니다",
        "train_named": "이 컴퓨터의 폴더, 또는 hf://datasets/owner/name",
        "train_made": "사진이 목표입니다. 모델에는 무엇을 줄까요?",
        "train_made_edges": "윤곽선 (그리기)",
        "train_made_lowres": "작은 사본 (선명하게)",
        "train_made_grey": "흑백 사본 (색 입히기)",
        "train_direction": "2. 어느 쪽을 어느 쪽으로 바꿀까요?",
        "train_a_to_b": "A → B",
        "train_b_to_a": "B → A",
        "train_from": "시작할 모델",
        "train_nothing": "없음 (새 신경망)",
        "train_minutes": "분",
        "train_size": "그림 크기",
        "train_seed": "시드",
        "train_matters": "무엇이 더 중요한가요?",
        "train_matters_closer": "예시에 더 가깝게",
        "train_matters_both": "둘 다",
        "train_matters_crisper": "더 선명한 디테일",
        "train_more": "더 많은 설정",
        "train_name": "학습 이름",
        "train_name_info": "비워 두면 데이터의 이름을 씁니다",
        "train_by_preset": "프리셋이나 모델을 따름",
        "train_start": "3. 학습 시작",
        "train_pause": "일시 정지",
        "train_keep": "멈추고 모델 남기기",
        "train_resume": "이어서 학습",
        "train_longer": "더 학습",
        "train_more_minutes": "추가 시간(분)",
        "train_sheet": "따로 둔 쌍 (비평가: 주황 가짜, 파랑 진짜)",
        "train_actions": "이 학습을 내려받기, 공유, 이름 바꾸기, 삭제",
        "train_download": "모델 내려받기 (zip)",
        "train_hub": "Hugging Face Hub에 올리기",
        "train_hub_name": "저장소",
        "train_hub_private": "비공개: 나만 볼 수 있습니다 (새 저장소일 때)",
        "train_hub_token": "토큰",
        "train_hub_token_info": (
            "쓰기 권한이 있어야 합니다. 한 번만 쓰고 저장하지 않습니다. 다른 토큰은 쓰지 않습니다."
        ),
        "train_hub_token_login": (
            "쓰기 권한이 있어야 합니다. 한 번만 쓰고 저장하지 않습니다. 비우면 위의 로그인을 씁니다."
        ),
        "train_hub_push": "모델과 카드 올리기",
        "train_new_name": "새 이름",
        "train_rename": "이름 바꾸기",
        "train_delete": "이 학습 삭제…",
        "train_delete_sure": "이 학습과 모델, 올린 데이터의 사본을 삭제할까요? 되돌릴 수 없습니다.",
        "train_delete_yes": "네, 삭제합니다",
        "train_delete_no": "아니요, 그대로 둡니다",
        "train_compare": "같은 입력으로 두 모델 비교",
        "train_model_left": "왼쪽",
        "train_model_right": "오른쪽",
        "train_compare_picture": "모델이 받는 그대로의 입력 (윤곽선, 라벨 또는 사진)",
        "train_compare_on": "비교할 입력",
        "train_compare_pair": "이 학습이 따로 둔 쌍",
        "train_compare_own": "내 그림 파일",
        "train_compare_number": "몇 번째 쌍",
        "train_compare_go": "비교하기",
        "train_compare_drawing": "내 그림으로 비교",
    },
}
