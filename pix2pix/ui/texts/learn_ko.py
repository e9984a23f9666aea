"""Texts of the Learn tab in Korean."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "learn_title": "pix2pix는 어떻게 배울까요",
    "learn_intro": (
        "논문 “Image-to-Image Translation with Conditional Adversarial Networks”(Isola 외, 2017)의"
        " 이야기를 짧은 일곱 장으로 풀었습니다. 아래 그림은 모두 지금 이 자리에서 만들어집니다. 건물의"
        " 라벨을 사진으로 바꾸도록 이 프로젝트에서 직접 학습시킨 작은 모델 아홉 개가 그립니다."
    ),
    "learn_contents": "차례",
    "learn_input": "모든 장에서 쓰는 입력",
    "learn_building": "건물 {seed}",
    "learn_own_labels": "내 라벨",
    "learn_building_slider": "건물 번호",
    "learn_another": "다른 건물",
    "learn_upload_labels": "내 라벨 올리기",
    "learn_upload_labels_tip": (
        "단색으로 칠한 그림을 올리세요. 각 색은 열두 라벨 중 가장 가까운 것으로 읽습니다"
    ),
    "learn_legend": "열두 가지 색의 뜻",
    "learn_labels": "입력 x: 라벨",
    "learn_notice": "눈여겨볼 점",
    "learn_paper": "논문에서: {where}",
    "learn_slow": "아직 응답이 없습니다. 조금 기다리거나 연결을 확인하고 다시 해 보세요.",
    "learn_large": "파일이 {limit} MB보다 큽니다. 더 작은 그림을 고르세요.",
    "learn_label_background": "배경",
    "learn_label_facade": "벽",
    "learn_label_window": "창문",
    "learn_label_door": "출입문",
    "learn_label_cornice": "창문 윗장식",
    "learn_label_sill": "창턱",
    "learn_label_balcony": "발코니",
    "learn_label_blind": "덧문",
    "learn_label_deco": "장식",
    "learn_label_molding": "돌림띠",
    "learn_label_pillar": "기둥",
    "learn_label_shop": "상점",
    "learn_m_l1": "L1",
    "learn_m_l2": "L2",
    "learn_m_cgan": "cGAN",
    "learn_m_l1_cgan": "L1+cGAN",
    "learn_m_l1_cgan_no_skips": "L1+cGAN, 스킵 없음",
    "learn_m_l1_gan": "L1+GAN, 조건 없음",
    "learn_m_patch_1": "L1+cGAN, 패치 1",
    "learn_m_patch_16": "L1+cGAN, 패치 16",
    "learn_m_patch_286": "L1+cGAN, 패치 286",
    "learn_c1_title": "풀려는 문제와 조건부 GAN",
    "learn_c1_text": (
        "생성기 G는 입력 x(여기서는 건물의 라벨)를 받아 그림 G(x)로 답합니다. 판별기 D는 그림이 얼마나"
        " 진짜 같은지 말합니다. 조건부 GAN에서는 D에게 입력도 함께 보여 주고 둘을 한 쌍으로 판정하게"
        " 합니다. 그래서 그럴듯하지만 입력과 맞지 않는 그림을 지적할 수 있습니다. 조건이 없으면 D는 그림만"
        " 봅니다."
    ),
    "learn_c1_sees": "D에게 보여 주는 것",
    "learn_c1_both": "입력과 그림",
    "learn_c1_alone": "그림만",
    "learn_c1_pair": "그림 옆에 놓는 입력",
    "learn_c1_right": "맞는 입력",
    "learn_c1_wrong": "다른 건물의 입력",
    "learn_c1_x": "D가 받는 입력",
    "learn_c1_x_unseen": "입력: D는 보지 못합니다",
    "learn_c1_y": "그림 G(x)",
    "learn_c1_map": "D의 판정: 주황은 가짜, 파랑은 진짜",
    "learn_c1_table": "D가 그림을 진짜로 보는 정도(모든 패치의 평균)",
    "learn_c1_critic": "판별기",
    "learn_c1_with": "조건부",
    "learn_c1_without": "조건 없음",
    "learn_c1_difference": "변화",
    "learn_c1_notice": (
        "그림은 그대로 두고 입력만 바꿔 보세요. 조건부 판별기의 점수는 움직이지만, 조건 없는 판별기의"
        " 점수는 마지막 자리까지 그대로입니다. 입력이 아예 전달되지 않기 때문입니다. 점수가 꼭 내려가는"
        " 것은 아닙니다. D는 G의 답을 제 입력과 나란히 놓고 알아보는 법을 배웠을 뿐, 뒤바뀐 쌍은 본 적이"
        " 없습니다."
    ),
    "learn_c1_where": "3.1절(목적 함수), 4.2절 표 1",
    "learn_c2_title": "L1과 L2",
    "learn_c2_text": (
        "하나의 입력에 맞는 답이 여럿일 수 있습니다. 픽셀 손실만으로 학습한 신경망은 그 답들의 절충안을"
        " 배웁니다. 제곱 오차인 L2는 평균에서 가장 작고, 절대 오차인 L1은 중앙값에서 가장 작습니다."
    ),
    "learn_c2_outlier": "이상치 옮기기",
    "learn_c2_values": "평균(L2에 가장 좋음): {mean} · 중앙값(L1에 가장 좋음): {median}",
    "learn_c2_plot": (
        "직선 위의 값 다섯 개이며 그중 이상치는 {outlier}에 있습니다. L2 손실은 평균 {mean}에서, L1 손실은"
        " 중앙값 {median}에서 가장 작습니다."
    ),
    "learn_c2_mean": "평균",
    "learn_c2_median": "중앙값",
    "learn_c2_loss": "예측값의 손실(각자의 눈금)",
    "learn_c2_outlier_mark": "이상치",
    "learn_detail": "세부 {db} dB",
    "learn_c2_notice": (
        "이상치를 오른쪽으로 당겨 보세요. 평균은 끝까지 따라가지만 중앙값은 값이 몰려 있는 곳에 머뭅니다."
        " 그림에서는 두 모델 모두 알 수 없는 부분을 흐릿하게 그립니다. 그림 아래의 수는 8픽셀보다 짧은"
        " 파동의 에너지이며, 대부분의 건물에서 L2가 더 작습니다."
    ),
    "learn_c2_where": "3.1절(“L1 encourages less blurring”)",
    "learn_c3_title": "저주파와 고주파",
    "learn_c3_text": (
        "그림은 파동의 합입니다. 느린 파동인 저주파는 넓은 면과 밝기를, 빠른 파동인 고주파는 윤곽과 질감을"
        " 담습니다. 주파수는 픽셀당 주기로 셉니다. 논문은 저주파를 L1에, 고주파를 GAN에 맡깁니다."
    ),
    "learn_c3_low": "아래쪽 차단",
    "learn_c3_high": "위쪽 차단",
    "learn_c3_cycles": "픽셀당 {frequency}주기(파장 {pixels}픽셀)",
    "learn_c3_zero": "차단 없음",
    "learn_c3_upload": "내 사진",
    "learn_c3_from_draw": "그리기 탭의 그림",
    "learn_c3_no_draw": "그리기 탭에 아직 그림이 없습니다. 먼저 그곳에서 무언가를 그려 보세요.",
    "learn_c3_labels": "건물",
    "learn_c3_picture": "그림",
    "learn_c3_kept": "두 차단 사이의 파동",
    "learn_c3_rest": "나머지 파동",
    "learn_c3_plot_own": "그림의 주파수별 파워이며 픽셀당 {low}주기에서 {high}주기까지 남깁니다.",
    "learn_c3_axis": "픽셀당 주기",
    "learn_c3_power": "파워, dB",
    "learn_c3_models": "같은 건물을 그린 세 모델과 그 스펙트럼",
    "learn_c3_plot_models": "세 모델의 주파수별 파워입니다. 픽셀당 1/8주기 이상의 평균 파워: {values}.",
    "learn_c3_notice": (
        "저주파를 잘라 내 보세요. 면과 색은 사라지고 윤곽만 남습니다. 두 번째 그래프에서 L1은 세부가 있는"
        " 오른쪽으로 갈수록 떨어지고, GAN을 쓴 두 모델은 더 높게 남습니다. 파워가 크다고 세부가 좋은 것은"
        " 아닙니다. 1/2 부근의 봉우리는 업샘플링이 남긴 체커보드 무늬입니다."
    ),
    "learn_c3_where": "3.2.2절, 4.2절과 그림 4",
    "learn_c4_title": "스킵 연결",
    "learn_c4_text": (
        "생성기는 입력을 몇 개의 수로 압축했다가 다시 그림으로 펼칩니다. U-Net에서는 내려가는 길의 각"
        " 단계를 올라오는 길의 같은 단계로 곧바로 넘겨주므로, 윤곽이 좁은 병목을 지나지 않아도 됩니다."
    ),
    "learn_c4_skips": "스킵 연결",
    "learn_c4_on": "켜기",
    "learn_c4_off": "끄기",
    "learn_c4_scheme_on": "U-Net: 인코더는 좁아지고 디코더는 넓어지며, 스킵이 같은 단계를 잇습니다.",
    "learn_c4_scheme_off": "인코더-디코더: 모든 것이 병목을 지나며 단계를 잇는 연결이 없습니다.",
    "learn_c4_down": "인코더",
    "learn_c4_up": "디코더",
    "learn_c4_neck": "병목",
    "learn_c4_notice": (
        "스킵을 끄고 창문을 찾아보세요. 창문이 더는 라벨의 자리에 있지 않습니다. 다른"
        " 건물로도 바꿔 보세요. 스킵 없는 모델의 답은 거의 달라지지 않습니다."
    ),
    "learn_c4_where": "3.2.1절, 4.3절과 그림 5, 표 2",
    "learn_c5_title": "패치 크기",
    "learn_c5_text": (
        "PatchGAN은 그림 전체를 한 번에 판정하지 않습니다. 판정 지도의 칸마다 정사각형 패치 하나, 곧 수용"
        " 영역을 판정합니다. 1픽셀 패치는 색만 판정할 수 있고, 286픽셀 패치는 이 그림 전체보다 큽니다."
        " 그림을 짚어 칸을 골라 보세요."
    ),
    "learn_c5_field": "패치 한 변의 픽셀 수",
    "learn_c5_row": "칸의 행",
    "learn_c5_column": "칸의 열",
    "learn_c5_map": "L1+cGAN 그림에 대한 D의 판정과 한 칸이 보는 영역",
    "learn_c5_values": (
        "칸 {columns} x {rows}개, {step}픽셀 간격. {row}행 {column}열의 칸은 그림의 {width} x"
        " {height}픽셀을 보고 진짜일 확률을 {real}로 봅니다. 모든 칸의 평균은 {mean}입니다."
    ),
    "learn_c5_outputs": "패치 크기별로 학습한 결과",
    "learn_c5_patch": "패치 {field}",
    "learn_c5_notice": (
        "상자는 정확합니다. 층의 커널과 스트라이드에서 계산한 것입니다. 이웃한 상자는 서로 겹치고"
        " 가장자리에서는 잘립니다. 아래 줄에서 패치 1은 L1만 쓴 것처럼 흐릿하고, 16과 70은 생성기가"
        " 질감을 그리게 합니다."
    ),
    "learn_c5_where": "3.2.2절, 4.4절과 그림 6, 표 3",
    "learn_c6_title": "노이즈 z",
    "learn_c6_text": (
        "GAN은 보통 무작위 노이즈 z도 함께 받아, 하나의 입력에 여러 답을 낼 수 있습니다. pix2pix의"
        " 노이즈는 학습이 끝난 뒤에도 켜 두는 드롭아웃이며, 여기서는 시드로 고릅니다. 두 시드를 비교해"
        " 보세요."
    ),
    "learn_c6_first": "그림 A의 시드",
    "learn_c6_second": "그림 B의 시드",
    "learn_c6_model": "모델",
    "learn_c6_a": "A",
    "learn_c6_b": "B",
    "learn_c6_difference": "차이({gain}배 확대)",
    "learn_c6_values": "두 그림은 255단계 중 평균 {mean}, 최대 {most}만큼 다릅니다.",
    "learn_c6_notice": (
        "명암과 질감은 바뀌지만 창문까지 똑같은 같은 건물입니다. 저자들도 같은 결과를 얻었습니다. 입력으로"
        " 준 노이즈는 생성기가 무시하도록 학습했고, 드롭아웃은 작은 변화만 가져왔습니다. 정말로 다양한"
        " 답을 내는 일은 풀지 못한 과제로 남겨 두었습니다."
    ),
    "learn_c6_where": "3.1절의 마지막 문단",
    "learn_c7_title": "숫자가 말한 것",
    "learn_c7_text": (
        "위에서 쓴 바로 그 모델들의 수치입니다. 만들 때 학습에 쓰지 않은 {pairs}쌍으로 측정했고, 모델"
        " 파일에서 읽어 옵니다. 그 아래에는 논문의 보고와 이 모델들이 그에 맞는지를 적었습니다."
    ),
    "learn_c7_table": "작은 모델 아홉 개의 측정값",
    "learn_c7_model": "모델",
    "learn_n_l1": "L1 오차",
    "learn_n_ssim": "SSIM",
    "learn_n_spectrum": "스펙트럼 차이, dB",
    "learn_n_sharpness": "선명도",
    "learn_n_kernel": "커널 거리",
    "learn_n_l1_tip": "최대 2인 절대 오차의 평균. 작을수록 가깝습니다",
    "learn_n_ssim_tip": "구조의 닮은 정도. 클수록 가깝습니다",
    "learn_n_spectrum_tip": "실제 사진의 스펙트럼과의 평균 거리. 작을수록 가깝습니다",
    "learn_n_sharpness_tip": "실제 사진에 대한 세부 에너지의 비. 1이면 똑같이 선명합니다",
    "learn_n_kernel_tip": "사진 백만 장을 아는 신경망이 본 결과들과 실제 사진들의 거리. 작을수록 가깝습니다",
    "learn_c7_agrees": "논문과 같음",
    "learn_c7_differs": "논문과 다름",
    "learn_c7_numbers": "{number}: {smaller} {low}, {larger} {high}",
    "learn_claim_l1_softer": "L1만 쓰면 L1+cGAN보다 흐릿합니다.",
    "learn_claim_spectrum_nearer": "L1+cGAN의 스펙트럼이 L1보다 실제 사진에 가깝습니다.",
    "learn_claim_l2_softer": "L2만 쓰면 L1만 쓸 때보다 흐릿합니다.",
    "learn_claim_cgan_farther": "cGAN만 쓰면 L1+cGAN보다 실제 사진에서 멉니다.",
    "learn_claim_skips_cgan": "L1+cGAN에서 스킵이 도움이 됩니다.",
    "learn_claim_cgan_kernel": "L1+cGAN의 그림이 L1의 그림보다 더 사진 같습니다.",
    "learn_claim_condition_kernel": "조건부 GAN의 그림이 조건 없는 GAN의 그림보다 더 사진 같습니다.",
    "learn_claim_patch_1_softer": "패치 1은 패치 70보다 흐릿합니다.",
    "learn_claim_patch_16_kernel": "패치 70의 그림은 적어도 패치 16의 그림만큼 사진 같습니다.",
    "learn_claim_patch_1_kernel": "패치 70의 그림은 적어도 패치 1의 그림만큼 사진 같습니다.",
    "learn_claim_patch_286_kernel": "패치 70의 그림은 적어도 패치 286의 그림만큼 사진 같습니다.",
    "learn_c7_notice": (
        "그저 흐릿한 그림도 L1과 SSIM에서는 좋은 점수를 받습니다. 그래서 논문은 다른 심판에게도 묻습니다."
        " 이 모델들은 작고, 짧게 한 번씩만, 논문의 표와는 다른 데이터로 학습했습니다. 논문과 어긋나는 곳이"
        " 있다고 논문이 틀렸다는 뜻은 아니지만, 표 하나로 보이는 것만큼 확실한 효과는 아니라는 뜻입니다."
    ),
    "learn_c7_where": "4.2절~4.4절, 표 1~표 3",
    "learn_terms": (
        "작은 모델들은 CMP facades 데이터로 학습했으며 연구용으로만 쓸 수 있습니다. 그 데이터의 사진은"
        " 여기에 나오지 않습니다. 라벨은 이 앱이 번호로 그린 것입니다."
    ),
}
