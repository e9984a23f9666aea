"""Models: finding, reading and using one, and sending one to the Hub.

See sentences.py.
"""

from __future__ import annotations

SENTENCES: dict[str, dict[str, str]] = {
    "ko": {
        (
            "The model '{0}' is a file: give a folder with config.json and generator.safetensors, such as"
            " a run of python -m train; weights of other programs (.pth, .pt, .ckpt) cannot be read."
        ): (
            "모델 ‘{0}’은(는) 파일입니다. python -m train의 결과처럼 config.json과 generator.safetensors가"
            " 있는 폴더를 정하세요. 다른 프로그램의 가중치(.pth, .pt, .ckpt)는 읽을 수 없습니다."
        ),
        "What was chosen is not in its list, or no longer: choose again from the list.": (
            "고른 것이 목록에 없거나 더 이상 없습니다. 목록에서 다시 고르세요."
        ),
        "There is no such model: choose one from the list.": "그런 모델이 없습니다. 목록에서 고르세요.",
        "The model must be a name; see the list on the page.": (
            "모델은 이름이어야 합니다. 페이지의 목록을 보세요."
        ),
        (
            "Only the owner of the app can use other models than those in the list: run the app yourself,"
            " or duplicate the Space."
        ): (
            "목록에 없는 모델은 앱의 주인만 쓸 수 있습니다. 다른 모델을 쓰려면 앱을 직접 실행하거나 Space를"
            " 복제하세요."
        ),
        "The model has changed since: translate the photo again.": (
            "그사이 모델이 바뀌었습니다. 사진을 다시 변환하세요."
        ),
        "This is for the owner of the app only: open the newest link that its console printed.": (
            "앱의 주인만 쓸 수 있습니다. 앱이 콘솔에 마지막으로 출력한 링크를 여세요."
        ),
        "This is for the owner of this Space only: log in as its owner, or duplicate the Space.": (
            "이 Space의 주인만 쓸 수 있습니다. 주인으로 로그인하거나 Space를 복제하세요."
        ),
        "There is no model '{0}': give a bundled name ({1}), a folder, or hf://owner/name.": (
            "“{0}” 모델이 없습니다. 함께 들어 있는 이름({1!t}), 폴더 또는 hf://owner/name을 적으세요."
        ),
        "'hf://{0}' is not a model address: write hf://owner/name.": (
            "“hf://{0}”: 모델 주소가 아닙니다. hf://owner/name과 같이 적으세요."
        ),
        (
            "The model hf://{0} could not be fetched: check the name, your network, and that you may read"
            " it (`hf auth login`)."
        ): "hf://{0} 모델을 가져오지 못했습니다. 이름과 네트워크, 읽을 권한(`hf auth login`)을 확인하세요.",
        "That is no Hub id: write it as owner/name.": "Hub의 ID가 아닙니다. owner/name과 같이 적으세요.",
        "This model translates photos, not drawings: choose it in the Photo tab instead.": (
            "그림이 아니라 사진을 변환하는 모델입니다. 사진 탭에서 고르세요."
        ),
        "The model {0} translates label maps: choose one for photos or edges.": (
            "“{0}” 모델은 라벨 그림을 변환합니다. 사진용이나 윤곽선용 모델을 고르세요."
        ),
        "The model {0} starts from {1}: choose the input as well.": (
            "“{0}” 모델의 입력은 {1!t}입니다. 입력도 함께 고르세요."
        ),
        (
            "The feature network {0} is missing or damaged: install pix2pix studio again, or train with"
            " --lambda-features 0 --lambda-feature-gan 0."
        ): (
            "특징 신경망 {0}이(가) 없거나 손상되었습니다. pix2pix studio를 다시 설치하거나 lambda_features와"
            " lambda_feature_gan을 0으로 두고 학습하세요."
        ),
        (
            "The file {0} in the model folder {1} is damaged or not what its config.json describes: copy or"
            " download the model again."
        ): (
            "모델 폴더 {1}의 {0} 파일이 손상되었거나 config.json의 설명과 다릅니다. 모델을 다시 복사하거나"
            " 내려받으세요."
        ),
        (
            "The file {0} in the model folder {1} is not of the architecture that its config.json describes"
            " ({2}): copy or download the model again."
        ): (
            "모델 폴더 {1}의 {0} 파일이 config.json에 적힌 구조와 다릅니다({2!t}). 모델을 다시 복사하거나"
            " 내려받으세요."
        ),
        "The model folder {0} has no {1}: copy or download it again.": (
            "모델 폴더 {0}에 {1} 파일이 없습니다. 다시 복사하거나 내려받으세요."
        ),
        "There is no model folder {0}: check the name or train one.": (
            "모델 폴더 {0}이(가) 없습니다. 이름을 확인하거나 모델을 학습하세요."
        ),
        (
            "The folder {0} is not a model, because it has no {1}: give one that has, such as a run of python"
            " -m train; weights of other programs (.pth, .pt, .ckpt) cannot be read."
        ): (
            "폴더 {0}에 {1} 파일이 없어 모델이 아닙니다. python -m train으로 학습한 결과처럼 그 파일이 있는"
            " 폴더를 고르세요. 다른 프로그램의 가중치(.pth, .pt, .ckpt)는 읽지 못합니다."
        ),
        (
            "The folder {0} is not a model: its {1} is of another kind (a training run has a model once it"
            " was saved)."
        ): (
            "폴더 {0}은(는) 모델이 아닙니다. {1} 파일이 다른 종류입니다(학습은 한 번 저장한 뒤에 모델이"
            " 생깁니다)."
        ),
        "The model folder {0} has format {1}, and this version reads {2}: update the app.": (
            "모델 폴더 {0}의 형식은 {1}인데 이 버전은 {2} 형식을 읽습니다. 앱을 업데이트하세요."
        ),
        "The model's {0} '{1}' is unknown to this version: update the app.": (
            "이 버전은 모델의 {0} 값 “{1}”을(를) 모릅니다. 앱을 업데이트하세요."
        ),
        (
            "The model {0} has no trained discriminator: choose one that was trained with a GAN loss, or"
            " fine-tune it with --from, which trains a discriminator beside it."
        ): (
            "“{0}” 모델에는 학습된 판별자가 없습니다. GAN 손실로 학습한 모델을 고르거나, 학습 탭의 ‘시작할"
            " 모델’로 골라 판별자를 함께 학습하세요."
        ),
        (
            "The discriminator's scores are not numbers, because its weights are damaged or its training"
            " diverged: use another model or an earlier checkpoint."
        ): (
            "판별자의 점수가 숫자가 아닙니다. 가중치가 손상되었거나 학습이 발산했습니다. 다른 모델이나 더"
            " 이전의 체크포인트를 쓰세요."
        ),
        "The score scale '{0}' is unknown: use one of {1}.": (
            "점수 눈금 “{0}”을(를) 알 수 없습니다. 다음 중 하나를 쓰세요: {1}."
        ),
        "The statistics '{0}' are unknown: use {1}.": (
            "통계 “{0}”을(를) 알 수 없습니다. 다음 중 하나를 쓰세요: {1!t}."
        ),
        "The device '{0}' cannot be used here: choose auto or cpu.": (
            "장치 “{0}”을(를) 여기서 쓸 수 없습니다. auto나 cpu를 고르세요."
        ),
        "The precision '{0}' is unknown: use auto or {1}.": (
            "정밀도 “{0}”을(를) 알 수 없습니다. auto 또는 다음 중 하나를 쓰세요: {1}."
        ),
        "The receptive field {0} is not available: choose one of {1}.": (
            "수용 영역 {0}은(는) 쓸 수 없습니다. 다음 중 하나를 고르세요: {1}."
        ),
        "The discriminator's width {0} must be from 1 to 512.": (
            "판별자의 너비({0})는 1부터 512까지여야 합니다."
        ),
        "The generator's width {0} must be from 1 to 512.": "생성자의 너비({0})는 1부터 512까지여야 합니다.",
        "The norm '{0}' is unknown: use one of {1}.": (
            "정규화 “{0}”을(를) 알 수 없습니다. 다음 중 하나를 쓰세요: {1}."
        ),
        (
            "The image size {0} cannot be used: choose a power of two from {1} to {2}, such as 128, 256 or"
            " 512."
        ): "그림 크기 {0}은(는) 쓸 수 없습니다. {1}부터 {2}까지 2의 거듭제곱을 고르세요. 예: 128, 256, 512.",
        "The dropout probability {0} must be in [0, 1).": "드롭아웃 확률({0})은 0 이상 1 미만이어야 합니다.",
        "The final layer '{0}' is unknown: use transposed or resize.": (
            "마지막 층 “{0}”을(를) 알 수 없습니다. transposed나 resize를 쓰세요."
        ),
        "The generator '{0}' is unknown: use one of {1}.": (
            "생성자 “{0}”을(를) 알 수 없습니다. 다음 중 하나를 쓰세요: {1}."
        ),
        "The head '{0}' is unknown: use {1}.": (
            "head “{0}”을(를) 알 수 없습니다. 다음 중 하나를 쓰세요: {1!t}."
        ),
        "The generator 'seer' and the head 'night' need each other: choose both or none.": (
            "생성자 seer와 head의 night는 함께 써야 합니다. 둘 다 고르거나 둘 다 고르지 마세요."
        ),
        "The head '{0}' is for photos, which have no hints to spread: choose one of both.": (
            "head의 {0}은(는) 사진용이고, 사진에는 퍼뜨릴 색 힌트가 없습니다. 둘 중 하나만 고르세요."
        ),
        "The head '{0}' lights colour photos anew: give it 3 channels in and out.": (
            "head의 {0}은(는) 컬러 사진의 빛을 바꿉니다. 입력과 출력을 3채널로 하세요."
        ),
        "Hints are colours on a drawing: give their generator 3 channels in.": (
            "힌트는 그림 위의 색입니다. 생성자의 입력을 3채널로 하세요."
        ),
        (
            "The generator cannot halve pictures of {0} pixels {1} times: choose from 2 to {2} halvings, or"
            " 0 for all of them."
        ): (
            "생성자는 {0} 픽셀 그림을 {1}번 반으로 줄일 수 없습니다. halvings를 2부터 {2}까지로 하거나,"
            " 끝까지 줄이려면 0으로 하세요."
        ),
        "The generator '{0}' always halves the picture twice: leave the halvings out.": (
            "생성자 “{0}”은(는) 언제나 두 번만 반으로 줄입니다. halvings를 비우세요."
        ),
        "There is no such small model: reload the page.": (
            "그런 작은 모델이 없습니다. 페이지를 새로 고치세요."
        ),
        "The page named no models: reload it.": "페이지가 모델을 알려 주지 않았습니다. 새로 고치세요.",
        "The page asked for something unknown: reload it.": (
            "페이지가 알 수 없는 것을 물었습니다. 새로 고치세요."
        ),
        "The cuts must be two numbers from 0 to 1, the low one first.": (
            "차단은 0부터 1까지의 두 숫자로, 작은 것을 먼저 적어야 합니다."
        ),
        "The patch must be one of {0} pixels.": "패치는 다음 중 하나여야 합니다(픽셀): {0}.",
        "The place in the picture must be two numbers.": "그림 안의 위치는 두 숫자여야 합니다.",
        "The zip cannot be written in {0} ({1}): free some space on its disk.": (
            "zip을 {0}에 쓸 수 없습니다({1!t}). 디스크의 공간을 비우세요."
        ),
        "Say where the model goes on the Hub: write owner/name.": (
            "모델을 Hub의 어디에 올릴지 알려 주세요. owner/name과 같이 적으세요."
        ),
        "'{0}' is no name for the Hub: write owner/name.": (
            "“{0}”: Hub에서 쓸 수 없는 이름입니다. owner/name과 같이 적으세요."
        ),
        "The Hub does not know you: paste a token with the right to write.": (
            "Hub에 로그인되어 있지 않습니다. 쓰기 권한이 있는 토큰을 붙여 넣으세요."
        ),
        "The Hub refused: paste a token with the right to write to that account.": (
            "Hub가 거절했습니다. 그 계정에 쓸 권한이 있는 토큰을 붙여 넣으세요."
        ),
        (
            "The model could not be sent to the Hub: check the name, the token and your network, and try"
            " again."
        ): "모델을 Hub에 올리지 못했습니다. 이름과 토큰, 네트워크를 확인하고 다시 시도하세요.",
        "The run {0} is training: stop it first, so that its model is a whole one.": (
            "“{0}”은(는) 학습 중입니다. 모델이 온전하도록 먼저 멈추세요."
        ),
        "The run {0} has no model yet: resume it until it has saved one.": (
            "“{0}”에는 아직 모델이 없습니다. 저장될 때까지 이어서 학습하세요."
        ),
    },
}
