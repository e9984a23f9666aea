"""What each option of a recipe is: in English the command line's own words, so that there is one of each."""

from __future__ import annotations

import dataclasses

from train.config import TrainConfig

_KO = {
    "preset": "다른 설정이 출발하는 레시피",
    "steps": "batch_size쌍씩 이만큼의 단계를 학습합니다 (분 대신)",
    "epochs": "모든 쌍을 이만큼 볼 때까지 학습합니다 (분 대신)",
    "factor": "lowres: 입력을 몇 배 작게 만들지, 2~16",
    "image_size": "신경망이 보는 정사각형의 한 변, 2의 거듭제곱",
    "load_size": "논문의 흔들기: 이 크기로 바꾼 뒤 image_size만큼 잘라 냅니다",
    "shift": "그림을 변의 이 비율까지 옮깁니다. 빈자리는 윤곽선이면 흰색, 아니면 거울처럼 채웁니다",
    "snap_labels": "라벨: 입력을 팔레트의 색으로 또렷하게 맞춥니다. 모델에 함께 저장됩니다",
    "mirror": "절반은 좌우로 뒤집어 보여 줍니다",
    "shrink": "윤곽선: 쌍을 흰 바탕에 작게 보여 줄 확률",
    "redraw": "윤곽선: 사람이 그린 것처럼 선을 다시 그릴 확률",
    "colour_hints": "윤곽선: 목표의 색을 입력에 칠할 확률",
    "recolour": "윤곽선: 색을 칠할 때 먼저 목표의 색을 바꿀 확률",
    "generator": "생성자의 구조. encoder_decoder는 건너뛰기가 없는 U-Net",
    "width": "생성자 첫 층의 채널 수 (논문은 64)",
    "quarters": "실행의 처음 얼마 동안 그림의 무작위 사분의 일만 보는지 (약 네 배 빠름)",
    "spread_hints": "선: 색 점이 어디까지 미치는지와 색 점이 없는 부분의 색을 생성기에 알려 줍니다",
    "halvings": "U-Net이 그림을 반으로 줄이는 횟수. 0이면 논문처럼 1픽셀까지",
    "norm": "생성자와 판별자의 정규화",
    "dropout": "노이즈 z, 안쪽 디코더 블록에서",
    "final": "생성자가 끝에서 해상도를 두 배로 하는 방법",
    "even_phases": "바둑판 무늬를 막습니다: 고른 전치 합성곱과 U-Net 마지막 층 앞의 흐림",
    "discriminator_width": "판별자 첫 층의 채널 수",
    "receptive_field": "점수 하나가 판단하는 조각의 픽셀 크기",
    "conditional": "판별자에게 입력도 보여 줍니다",
    "gan_loss": "GAN 손실. none이면 판별자를 학습하지 않습니다",
    "reconstruction": "목표와 픽셀마다 비교하는 방법",
    "lambda_gan": "생성기가 줄이는 값에서 GAN 손실의 가중치",
    "lambda_features": "특징 손실의 가중치: 사진 신경망의 활성값을 네 가지 간격에서 비교합니다",
    "lambda_feature_gan": "그 활성값을 판별하는 특징 판별기의 가중치, 0이면 학습하지 않습니다",
    "order": "어느 신경망이 먼저 한 단계를 하는지",
    "learning_rate": "두 Adam의 학습률 (줄어들기 전)",
    "batch_size": "한 단계의 쌍 수",
    "decay_from": "학습률이 0으로 줄기 시작하는 지점의 비율",
    "ema": "생성자 가중치 평균의 감쇠. 0이면 평균을 쓰지 않습니다",
    "device": "auto, cpu, cuda, mps",
    "precision": "auto는 하드웨어에 있으면 bfloat16, 없는 GPU에서는 float16",
    "compile": "시작할 때 네트워크를 컴파일합니다. 한두 분 걸리고, GPU의 단계가 짧아집니다",
    "workers": "쌍을 준비하는 프로세스 수. 0이면 학습 프로세스가 직접 합니다",
    "sample_every": "견본 그림 사이의 초",
    "save_every": "저장 사이의 초",
    "tensorboard": "TensorBoard용 기록도 학습 폴더에 씁니다",
}

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        f"train_option_{field.name}": field.metadata["help"]
        for field in dataclasses.fields(TrainConfig)
        if field.name in _KO  # the others have fields of their own in the form
    },
    "ko": {f"train_option_{name}": text for name, text in _KO.items()},
}
