"""Texts of the Critic tab."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "critic_title": "Where does the critic see a fake?",
        "critic_subtitle": (
            "The discriminator gives every patch of a picture its own score."
            " Click the map to see a score and exactly the pixels it came from."
        ),
        "critic_start": "Judge",
        "critic_mine": "My drawing",
        "critic_mine_tip": "The drawing in the Draw tab",
        "critic_mine_none": "There is no drawing yet: draw something in the Draw tab first.",
        "critic_example": "Example {number}",
        "critic_no_examples": "This model brings no examples along: upload an input below.",
        "critic_model": "Model and its receptive field",
        "critic_seed": "Seed",
        "critic_upload": "Your own pictures",
        "critic_upload_input": "Input (drawing, labels or photo)",
        "critic_upload_real": "Real photo, or another output",
        "critic_upload_hint": (
            "For a model of drawings the real photo alone is enough: its edges become the input."
        ),
        "critic_runs": "Through a training",
        "critic_run": "Run",
        "critic_pair": "Held-out pair",
        "critic_moment": "Saved moment",
        "critic_runs_hint": (
            "The same picture and its map at every moment that a run saved; a run may still be going on."
        ),
        "critic_made": "Generated",
        "critic_real": "Real",
        "critic_other": "Real, or another output",
        "critic_input": "Input",
        "critic_no_real": "upload a real photo, or choose a run, to compare",
        "critic_waiting": "Judging…",
        "critic_mean": "mean score {score} · looks {percent} % real",
        "critic_mean_relative": "mean score {score}",
        "critic_map": "Map of the scores over the picture: {name}. Arrow keys go from cell to cell.",
        "critic_scale": "What the colours mean",
        "critic_fake": "fake",
        "critic_unsure": "cannot tell",
        "critic_is_real": "real",
        "critic_opacity": "Map opacity",
        "critic_contrast": "Compare the patches of each picture instead",
        "critic_contrast_hint": (
            "The colours now show each picture's own differences, two standard deviations to each side."
        ),
        "critic_more_fake": "faker than its average",
        "critic_average": "average",
        "critic_more_real": "more real",
        "critic_scale_logit": (
            "Cross-entropy: a score is a logit. 0 is undecided, and its sigmoid is the probability"
            " that the patch is real."
        ),
        "critic_scale_unit": (
            "Least squares: the critic learnt to give fake patches a 0 and real ones a 1. 0.5 is undecided."
        ),
        "critic_scale_signed": (
            "Hinge: the critic pushes fake patches below −1 and real ones above 1. 0 is undecided."
        ),
        "critic_scale_relative": (
            "Wasserstein: only differences mean something. The colours compare the patches of one picture,"
            " two standard deviations to each side; between pictures compare the scores."
        ),
        "critic_field": (
            "Each of the {rows} × {columns} scores sees {field} × {field} pixels, {stride} pixels apart,"
            " of the {width} × {height} that the critic is given."
            " With norms in the network, every score also depends a little on the rest."
        ),
        "critic_cell": "The chosen cell",
        "critic_row": "Row",
        "critic_column": "Column",
        "critic_sees": "sees x {left}–{right}, y {top}–{bottom}, centre ({x}, {y})",
        "critic_says": "{score} · {word}",
        "critic_says_percent": "{score} · {percent} % real",
        "critic_crop": "What the cell sees of the picture: {name}",
        "critic_most_fake": "Most fake",
        "critic_most_real": "Most real",
        "critic_patches": "The extreme patches: {name}",
        "critic_patch": "{word}: score {score}, row {row}, column {column}. Show it on the map.",
        "critic_histogram": "All scores",
        "critic_histogram_alt": "{name}: from {low} to {high}, most between {from} and {to}",
        "critic_step": "Step {step}",
    },
    "ko": {
        "critic_title": "비평가는 어디를 가짜로 볼까요?",
        "critic_subtitle": (
            "판별자는 그림의 패치마다 점수를 매깁니다."
            " 지도를 누르면 점수와 그 점수가 본 픽셀을 정확히 볼 수 있습니다."
        ),
        "critic_start": "판정할 그림",
        "critic_mine": "내 그림",
        "critic_mine_tip": "그리기 탭의 그림",
        "critic_mine_none": "아직 그림이 없습니다. 먼저 그리기 탭에서 그려 보세요.",
        "critic_example": "예시 {number}",
        "critic_no_examples": "이 모델에는 예시가 없습니다. 아래에서 입력을 올리세요.",
        "critic_model": "모델과 수용 영역",
        "critic_seed": "시드",
        "critic_upload": "내 그림 파일",
        "critic_upload_input": "입력 (그림, 라벨 또는 사진)",
        "critic_upload_real": "실제 사진 또는 다른 출력",
        "critic_upload_hint": "그림에서 시작하는 모델은 실제 사진만으로 충분합니다. 윤곽선이 입력이 됩니다.",
        "critic_runs": "학습 과정 보기",
        "critic_run": "학습 실행",
        "critic_pair": "검증용 쌍",
        "critic_moment": "저장된 순간",
        "critic_runs_hint": (
            "저장된 순간마다 같은 그림과 그 지도를 봅니다. 아직 진행 중인 학습도 볼 수 있습니다."
        ),
        "critic_made": "생성된 그림",
        "critic_real": "실제 사진",
        "critic_other": "실제 사진 또는 다른 출력",
        "critic_input": "입력",
        "critic_no_real": "비교하려면 실제 사진을 올리거나 학습 실행을 고르세요",
        "critic_waiting": "판정하는 중…",
        "critic_mean": "평균 점수 {score} · 진짜로 보이는 정도 {percent} %",
        "critic_mean_relative": "평균 점수 {score}",
        "critic_map": "그림 위의 점수 지도: {name}. 화살표 키로 칸을 옮깁니다.",
        "critic_scale": "색의 뜻",
        "critic_fake": "가짜",
        "critic_unsure": "알 수 없음",
        "critic_is_real": "진짜",
        "critic_opacity": "지도 불투명도",
        "critic_contrast": "대신 그림마다 패치끼리 비교하기",
        "critic_contrast_hint": "지금 색은 그림마다 그 안의 차이를 양쪽으로 표준 편차의 두 배까지 보입니다.",
        "critic_more_fake": "평균보다 가짜 같음",
        "critic_average": "평균",
        "critic_more_real": "더 진짜 같음",
        "critic_scale_logit": (
            "교차 엔트로피: 점수는 로짓입니다. 0은 알 수 없다는 뜻이고,"
            " 시그모이드 값은 패치가 진짜일 확률입니다."
        ),
        "critic_scale_unit": (
            "최소 제곱: 가짜 패치에는 0, 진짜 패치에는 1을 주도록 배웠습니다. 0.5는 알 수 없다는 뜻입니다."
        ),
        "critic_scale_signed": (
            "힌지: 가짜 패치는 −1 아래로, 진짜 패치는 1 위로 밀어냅니다. 0은 알 수 없다는 뜻입니다."
        ),
        "critic_scale_relative": (
            "바서슈타인: 점수의 차이에만 뜻이 있습니다. 색은 한 그림 안의 패치를 양쪽으로"
            " 표준 편차의 두 배까지 비교합니다. 그림끼리는 점수를 비교하세요."
        ),
        "critic_field": (
            "비평가가 받는 {width} × {height} 픽셀에서 {rows} × {columns}개의 점수가"
            " {stride} 픽셀 간격으로 저마다 {field} × {field} 픽셀을 봅니다."
            " 신경망에 정규화가 있으면 점수는 나머지 부분에도 조금 영향을 받습니다."
        ),
        "critic_cell": "고른 칸",
        "critic_row": "행",
        "critic_column": "열",
        "critic_sees": "보는 곳 x {left}–{right}, y {top}–{bottom}, 중심 ({x}, {y})",
        "critic_says": "{score} · {word}",
        "critic_says_percent": "{score} · 진짜 {percent} %",
        "critic_crop": "이 칸이 보는 부분: {name}",
        "critic_most_fake": "가장 가짜",
        "critic_most_real": "가장 진짜",
        "critic_patches": "양극단의 패치: {name}",
        "critic_patch": "{word}: 점수 {score}, {row}행 {column}열. 지도에서 보기.",
        "critic_histogram": "모든 점수",
        "critic_histogram_alt": "{name}: {low}부터 {high}까지, 가장 많은 곳은 {from}에서 {to} 사이",
        "critic_step": "{step} 스텝",
    },
}
