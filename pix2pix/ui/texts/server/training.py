"""Trainings: the recipe's options, and runs that begin, go on and end.

See sentences.py.
"""

from __future__ import annotations

SENTENCES: dict[str, dict[str, str]] = {
    "ko": {
        "The option {0} is '{1}': write {2}, or nothing.": (
            "설정 {0}의 값이 “{1}”입니다. {2!t}를 적거나 비워 두세요."
        ),
        "Say how many minutes to train: give a number above 0.": (
            "몇 분 동안 학습할지 알려 주세요. 0보다 큰 숫자를 적으세요."
        ),
        "The preset '{0}' is unknown: use {1}.": (
            "프리셋 “{0}”을(를) 알 수 없습니다. 다음 중 하나를 쓰세요: {1}."
        ),
        "The option '{0}' is unknown to this version.": "이 버전은 설정 “{0}”을(를) 모릅니다.",
        "The option --{0} is {1}; it must be {2}.": (
            "설정 {0!t}의 값 {1}은(는) 쓸 수 없습니다. 쓸 수 있는 값: {2!t}."
        ),
        "Say how long to train with exactly one of --minutes, --steps and --epochs.": (
            "얼마나 학습할지 minutes, steps, epochs 중 하나로만 알려 주세요."
        ),
        "The option --{0} must be from {1} to {2}.": "설정 {0!t}은(는) {1}부터 {2}까지여야 합니다.",
        "The option --{0} must be at least {1}.": "설정 {0!t}은(는) {1} 이상이어야 합니다.",
        (
            "The model {0} lights photos anew, which this trainer does not teach: start from another model,"
            " or without one."
        ): (
            "모델 {0}은(는) 사진의 빛을 바꾸는데, 이 학습으로는 가르칠 수 없습니다."
            " 다른 모델에서 시작하거나 모델 없이 시작하세요."
        ),
        "The load size must be from the image size to twice that (256 -> 286).": (
            "load_size는 image_size부터 그 두 배까지여야 합니다(256 → 286)."
        ),
        (
            "The receptive field {0} is too large for pictures of {1} pixels: choose a smaller"
            " --receptive-field or a larger --image-size."
        ): (
            "수용 영역 {0}은(는) {1} 픽셀 그림에는 너무 큽니다. receptive_field를 줄이거나 image_size를"
            " 키우세요."
        ),
        (
            "The networks cannot see quarters of pictures of {0} pixels: use fewer --halvings (7 for 256"
            " pixels) or a smaller --receptive-field, or leave --quarters out."
        ): (
            "신경망이 {0} 픽셀 그림의 4분의 1을 볼 수 없습니다. halvings를 줄이거나(256 픽셀에는 7)"
            " receptive_field를 줄이거나 quarters를 비우세요."
        ),
        (
            "With neither a GAN loss nor a reconstruction loss there is nothing to learn from: change"
            " --gan-loss, or --reconstruction and --lambda-l1."
        ): (
            "GAN 손실도 복원 손실도 없으면 배울 것이 없습니다. gan_loss를 바꾸거나 reconstruction과"
            " lambda_l1을 바꾸세요."
        ),
        (
            "The options --reconstruction l2 and --lambda-l1 0 contradict each other: give it a weight, or"
            " use --reconstruction none."
        ): (
            "설정 reconstruction l2와 lambda_l1 0은 서로 맞지 않습니다. lambda_l1에 값을 주거나"
            " reconstruction을 none으로 하세요."
        ),
        "The option --factor goes with --input lowres: add that, or leave it out.": (
            "설정 factor는 input이 lowres일 때만 씁니다. input을 lowres로 하거나 factor를 비우세요."
        ),
        (
            "With --input {0} the input is made from single photos, which have no direction: leave"
            " --direction out."
        ): "input이 {0}이면 사진 한 장에서 입력을 만들므로 방향이 없습니다. 방향을 A → B로 두세요.",
        "The option --spread-hints is for dabs of colour on edges, and the input is {0}: leave it out.": (
            "설정 spread_hints는 윤곽선 위의 색 점을 위한 것인데, 입력이 {0}입니다. 비우세요."
        ),
        (
            "TensorBoard takes no folder whose name is not UTF-8, such as {0}: choose another --out, or leave"
            " --tensorboard out."
        ): (
            "TensorBoard는 {0}처럼 이름이 UTF-8이 아닌 폴더를 쓰지 못합니다. 다른 폴더를 고르거나"
            " tensorboard를 끄세요."
        ),
        (
            "The option --tensorboard needs the package tensorboard: install it with pip install"
            " tensorboard, or leave the option out."
        ): (
            "설정 tensorboard에는 tensorboard 패키지가 필요합니다. pip install tensorboard로 설치하거나"
            " 설정을 비우세요."
        ),
        (
            "The files for TensorBoard in {0} cannot be written ({1}): free some space and go on with"
            " --resume, or with --resume --no-tensorboard."
        ): "{0}의 TensorBoard 파일을 쓸 수 없습니다({1!t}). 공간을 비우고 ‘이어서 학습’을 누르세요.",
        "The trainer does not take this recipe: choose other options, or see {0}.": (
            "이 설정으로는 학습할 수 없습니다. 다른 설정을 고르거나 {0}을(를) 보세요."
        ),
        "The training {0} ended before it began: start it again.": (
            "“{0}” 학습이 시작하기 전에 끝났습니다. 다시 시작하세요."
        ),
        "The training {0} ended before it began: delete it and start it anew.": (
            "“{0}” 학습이 시작하기 전에 끝났습니다. 삭제하고 새로 시작하세요."
        ),
        "The training {0} ended with an error that nobody foresaw: see {1}.": (
            "“{0}” 학습이 예상하지 못한 오류로 끝났습니다. {1!t}을(를) 보세요."
        ),
        (
            "The training {0} ended without saving its last steps, as when its process is killed, the"
            " machine restarts or the disk is full: resume it."
        ): (
            "“{0}” 학습이 마지막 단계를 저장하지 못하고 끝났습니다. 프로세스가 강제로 끝나거나, 컴퓨터가"
            " 다시 시작되거나, 디스크가 가득 차면 그렇습니다. 이어서 학습하세요."
        ),
        "The training failed: resume it, or start a new one.": (
            "학습이 실패했습니다. 이어서 학습하거나 새로 시작하세요."
        ),
        "The run {0} was asked to stop and has not saved yet: wait a little longer.": (
            "“{0}”에 멈추라고 했지만 아직 저장하지 않았습니다. 조금 더 기다리세요."
        ),
        "Training from here needs Linux or macOS: train with python -m train, or under WSL.": (
            "여기서 학습하려면 Linux나 macOS가 필요합니다. python -m train이나 WSL로 학습하세요."
        ),
        "The run {0} is training already: wait until it ends, or stop it first.": (
            "“{0}”이(가) 이미 학습 중입니다. 끝날 때까지 기다리거나 먼저 멈추세요."
        ),
        "The run {0} is training: stop it first.": "“{0}”은(는) 학습 중입니다. 먼저 멈추세요.",
        "The run {0} cannot be reached from here: stop it where it was started.": (
            "“{0}”에 여기서는 닿을 수 없습니다. 시작한 곳에서 멈추세요."
        ),
        (
            "The run {0} is finished: say for how many more minutes it trains, or start a new one from its"
            " model."
        ): "“{0}” 학습은 끝났습니다. 몇 분 더 학습할지 정하거나 그 모델에서 새로 시작하세요.",
        "Say for how many more minutes to train: a number above 0, and at most 1000000.": (
            "몇 분 더 학습할지 정하세요. 0보다 크고 1000000 이하인 수입니다."
        ),
        (
            "The run in {0} is longer than that already, at step {1}: give the length of the whole run, what"
            " was trained and what is to come."
        ): "{0}의 학습은 이미 {1}단계로 그보다 깁니다. 지금까지와 앞으로를 합친 전체 길이를 정하세요.",
        "The run {0} never began: start it anew.": "“{0}” 학습은 시작하지 못했습니다. 새로 시작하세요.",
        "A run needs a name: give it one, such as handbags.": (
            "학습에는 이름이 필요합니다. handbags처럼 이름을 지어 주세요."
        ),
        "The name {0} begins with a dot, which hides a folder: leave the dot out.": (
            "이름 “{0}”이(가) 점으로 시작해 폴더가 숨겨집니다. 점을 빼세요."
        ),
        "A run's name is that of one folder: leave out slashes and characters that do not show.": (
            "학습 이름은 폴더 하나의 이름입니다. 빗금과 보이지 않는 글자를 빼세요."
        ),
        "The name of a run may have {0} bytes at most: choose a shorter one.": (
            "학습 이름은 최대 {0}바이트입니다. 더 짧은 이름을 고르세요."
        ),
        "There is something named {0} in {1} already: choose another name.": (
            "{1}에 “{0}”이(가) 이미 있습니다. 다른 이름을 고르세요."
        ),
        "Somebody else starts or stops a training in {0} at this moment: try again.": (
            "지금 다른 사람이 {0}에서 학습을 시작하거나 멈추고 있습니다. 다시 시도하세요."
        ),
        (
            "Another process trains in the folder {0} at this moment: wait for it or stop it, or choose"
            " another --out."
        ): (
            "지금 다른 프로세스가 폴더 {0}에서 학습하고 있습니다. 기다리거나 멈추거나 학습을 다른 곳에"
            " 두세요."
        ),
        "There is no run named {0} any more: choose another one.": (
            "{0} 학습이 더 이상 없습니다. 다른 것을 고르세요."
        ),
        (
            "The folder {0} cannot be used ({1}): make it readable and writable, with space left on its"
            " disk, or choose another one."
        ): (
            "폴더 {0}을(를) 쓸 수 없습니다({1!t}). 읽고 쓸 수 있게 하고 디스크에 공간을 남기거나 다른"
            " 폴더를 고르세요."
        ),
        "The folder {0} holds a run already: add --resume to go on with it, or choose another --out.": (
            "폴더 {0}에 이미 학습이 있습니다. 이어서 학습하거나 다른 곳을 고르세요."
        ),
        "The folder {0} is not empty: choose another --out.": (
            "폴더 {0}이(가) 비어 있지 않습니다. 다른 곳을 고르세요."
        ),
        "There is no run in {0} to resume: start it without --resume.": (
            "{0}에 이어서 할 학습이 없습니다. 새로 시작하세요."
        ),
        "The file {0} cannot be read ({1}): make it readable, or choose another --out.": (
            "{0} 파일을 읽을 수 없습니다({1!t}). 읽을 수 있게 하거나 다른 곳을 고르세요."
        ),
        "The file {0} is damaged: start a new run.": "{0} 파일이 손상되었습니다. 새로 학습을 시작하세요.",
        (
            "The run in {0} was started by another version or its config.json was changed ({1}): resume it"
            " with the version that it was started with, or start a new run."
        ): (
            "{0}의 학습은 다른 버전에서 시작했거나 config.json이 바뀌었습니다({1!t}). 시작한 버전으로"
            " 이어서 하거나 새로 학습을 시작하세요."
        ),
        "There is no run yet: compare on a picture of your own.": (
            "아직 학습이 없습니다. 가지고 있는 그림으로 비교하세요."
        ),
        "The data of the run {0} is gone or was changed: compare on a picture of your own.": (
            "“{0}” 학습의 데이터가 없거나 바뀌었습니다. 가지고 있는 그림으로 비교하세요."
        ),
        "The run {0} has no held-out pair: compare on a picture of your own.": (
            "“{0}” 학습에는 남겨 둔 쌍이 없습니다. 가지고 있는 그림으로 비교하세요."
        ),
        "The run {0} has {1} held-out pairs: choose a number from 1 to {2}.": (
            "“{0}” 학습에 남겨 둔 쌍은 {1}개입니다. 1부터 {2}까지의 수를 고르세요."
        ),
        (
            "The run in {0} cannot go on, because its file {1} is missing: put it back, or start a new run"
            " from its model with --from {2}."
        ): (
            "{0}의 학습은 {1} 파일이 없어 이어 갈 수 없습니다. 파일을 되돌려 놓거나, 그 모델에서 새 학습을"
            " 시작하세요(--from {2})."
        ),
        "The saved state in {0} is damaged: start a new run.": (
            "{0}에 저장된 상태가 손상되었습니다. 새로 학습을 시작하세요."
        ),
        (
            "The saved state in {0} is of another architecture ({1}): resume with the options that the run"
            " was started with, or start a new run."
        ): (
            "{0}에 저장된 상태의 구조가 다릅니다({1!t}). 시작할 때의 설정으로 이어서 하거나 새로 학습을"
            " 시작하세요."
        ),
        (
            "The data of the run in {0} has changed since it was saved: put the same pairs back, or start a"
            " new run."
        ): "{0}의 학습 데이터가 저장한 뒤에 바뀌었습니다. 같은 쌍을 되돌려 놓거나 새로 학습을 시작하세요.",
        "The run folder {0} cannot be written ({1}): {2}.": "학습 폴더 {0}에 쓸 수 없습니다({1!t}). {2!t}.",
        "The run could not be saved in {0} ({1}): {2}.": "학습을 {0}에 저장하지 못했습니다({1!t}). {2!t}.",
        "The run could not be saved in {0} ({1}): {2}; the state saved before is whole.": (
            "학습을 {0}에 저장하지 못했습니다({1!t}). {2!t}. 그 전에 저장한 상태는 온전합니다."
        ),
        "The model {0} is not of colour pictures ({1}): start from another one.": (
            "“{0}”은(는) 컬러 그림의 모델이 아닙니다({1!t}). 다른 모델에서 시작하세요."
        ),
        (
            "The model {0} cannot be gone on with at {1}, because {2}: leave that out to take the model's"
            " own networks, or start without --from."
        ): (
            "설정 {1!t}(으)로는 “{0}” 모델에서 이어 갈 수 없습니다({2!t}). 모델의 신경망을 그대로 쓰려면 이"
            " 설정을 비우고, 아니면 ‘시작할 모델’ 없이 시작하세요."
        ),
        "There is not enough memory for this run: give a smaller --batch-size, --width or --image-size.": (
            "이 학습에 메모리가 모자랍니다. batch_size, width 또는 image_size를 줄이세요."
        ),
        (
            "Another process of this run ended before its time: see its message, then start all of them"
            " again with --resume."
        ): "이 학습의 다른 프로세스가 먼저 끝났습니다. 그 메시지를 보고 모두 다시 이어서 학습하세요.",
        (
            "A process that prepares pairs was ended from outside, perhaps for want of memory: go on with"
            " --resume, or with --workers 0."
        ): (
            "쌍을 준비하는 프로세스가 밖에서 끝났습니다. 메모리가 모자랐을 수 있습니다. 이어서 학습하거나"
            " workers를 0으로 하세요."
        ),
        (
            "{0} became infinite or not a number at step {1}, likely because {2}; the last saved state is"
            " good: {3}."
        ): (
            "{1}단계에서 {0!t} 무한대가 되었거나 숫자가 아니게 되었습니다. {2!t} 때문일 수 있습니다."
            " 마지막으로 저장한 상태는 온전합니다. {3!t}."
        ),
        "The pair {0} has no scores at step {1}: choose another pair.": (
            "쌍 {0}에는 {1}단계의 점수가 없습니다. 다른 쌍을 고르세요."
        ),
        "The scores of step {0} in the run {1} are damaged: choose another moment.": (
            "“{1}” 학습의 {0}단계 점수가 손상되었습니다. 다른 순간을 고르세요."
        ),
        "The run {0} has no scores of step {1}: choose another moment.": (
            "“{0}” 학습에는 {1}단계의 점수가 없습니다. 다른 순간을 고르세요."
        ),
        "No run is chosen: choose one.": "고른 학습이 없습니다. 하나를 고르세요.",
        "The run {0} has kept no scores: choose another one.": (
            "“{0}” 학습에는 저장된 점수가 없습니다. 다른 것을 고르세요."
        ),
    },
}
