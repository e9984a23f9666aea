"""Pictures, files and what is drawn: sentences about what a person gives the page.

See sentences.py.
"""

from __future__ import annotations

SENTENCES: dict[str, dict[str, str]] = {
    "ko": {
        "{0} has {1} bands of {2} bits, which are not read; save up to three of them as a PNG.": (
            "{0}: {2}비트 밴드 {1}개로 된 그림은 읽지 못합니다. 밴드를 셋까지 골라 PNG로 저장하세요."
        ),
        "The picture has {0} bands of {1} bits, which are not read; save up to three of them as a PNG.": (
            "이 그림은 {1}비트 밴드 {0}개로 되어 있어 읽지 못합니다. 밴드를 셋까지 골라 PNG로 저장하세요."
        ),
        "{0} holds more than one picture: only the first is used.": (
            "{0}에는 그림이 여럿 들어 있어 첫 그림만 썼습니다."
        ),
        "{0} has {1} bands: only the first {2} are used, as colours.": (
            "{0}의 밴드 {1}개 가운데 처음 {2}개만 색으로 썼습니다."
        ),
        "{0} is damaged or incomplete; save it again as PNG or JPEG, or choose another one.": (
            "{0}: 손상되었거나 온전하지 않습니다. PNG나 JPEG로 다시 저장하거나 다른 것을 고르세요."
        ),
        "The picture is damaged or incomplete; save it again as PNG or JPEG, or choose another one.": (
            "그림이 손상되었거나 온전하지 않습니다. PNG나 JPEG로 다시 저장하거나 다른 것을 고르세요."
        ),
        (
            "{0} is a HEIC photo, and what reads those is not installed here: save it as JPEG, or have pip"
            " install pillow-heif run once."
        ): (
            "{0}: HEIC 사진인데 여기에는 이를 읽는 프로그램이 없습니다. JPEG로 저장하거나"
            " pillow-heif를 설치하게 하세요."
        ),
        (
            "The picture is a HEIC photo, and what reads those is not installed here: save it as JPEG, or"
            " have pip install pillow-heif run once."
        ): (
            "HEIC 사진인데 여기에는 이를 읽는 프로그램이 없습니다. JPEG로 저장하거나 pillow-heif를"
            " 설치하게 하세요."
        ),
        "{0} has no pixels; choose another one.": "{0}: 픽셀이 없습니다. 다른 것을 고르세요.",
        "The picture has no pixels; choose another one.": "그림에 픽셀이 없습니다. 다른 것을 고르세요.",
        "{0} has {1}x{2} pixels, more than the {3} million accepted here; make it smaller first.": (
            "{0}: {1}x{2} 픽셀입니다. 여기서는 {3} 메가픽셀까지 쓸 수 있으니 먼저 줄이세요."
        ),
        "The picture has {0}x{1} pixels, more than the {2} million accepted here; make it smaller first.": (
            "그림이 {0}x{1} 픽셀입니다. 여기서는 {2} 메가픽셀까지 쓸 수 있으니 먼저 줄이세요."
        ),
        (
            "The label map has ids that the model does not know ({0}): give one with its own labels alone"
            " ({1})."
        ): "라벨 그림에 모델이 모르는 번호({0!t})가 있습니다. 모델의 라벨({1!t})만 쓴 그림을 주세요.",
        (
            "The picture has values that are not numbers, because the model's weights are damaged or its"
            " training diverged; use another model or an earlier checkpoint."
        ): (
            "그림에 숫자가 아닌 값이 있습니다. 모델의 가중치가 손상되었거나 학습이 발산했습니다. 다른"
            " 모델이나 더 이전의 체크포인트를 쓰세요."
        ),
        "The browser sent no picture; reload the page and try again.": (
            "브라우저가 그림을 보내지 않았습니다. 페이지를 새로 고치고 다시 시도하세요."
        ),
        "The picture exceeds {0} MB; make it smaller first.": "그림이 {0} MB를 넘습니다. 먼저 줄이세요.",
        "The browser sent no {0} picture; reload the page and try again.": (
            "브라우저가 {0!t} 그림을 보내지 않았습니다. 페이지를 새로 고치고 다시 시도하세요."
        ),
        "{0} is a folder; give the path of one picture.": "{0}: 폴더입니다. 그림 한 장의 경로를 적으세요.",
        "{0} is not a file; give the path of one picture.": (
            "{0}: 파일이 아닙니다. 그림 한 장의 경로를 적으세요."
        ),
        "{0} does not exist; check the path.": "{0}: 그런 파일이 없습니다. 경로를 확인하세요.",
        "{0} may not be read; change its permissions.": "{0}: 읽을 권한이 없습니다. 권한을 바꾸세요.",
        "{0} cannot be opened ({1}); check the path.": "{0}: 열 수 없습니다({1!t}). 경로를 확인하세요.",
        "{0} is an empty file; choose another one.": "{0}: 빈 파일입니다. 다른 것을 고르세요.",
        "The picture is an empty file; choose another one.": "빈 파일입니다. 다른 것을 고르세요.",
        "{0} is not a {1} picture; save it again as PNG or JPEG, or choose another one.": (
            "{0}: {1!t} 그림이 아닙니다. PNG나 JPEG로 다시 저장하거나 다른 것을 고르세요."
        ),
        "The picture is not a {0} picture; save it again as PNG or JPEG, or choose another one.": (
            "{0!t} 그림이 아닙니다. PNG나 JPEG로 다시 저장하거나 다른 것을 고르세요."
        ),
        "The picture was damaged on its way here; reload the page and try again.": (
            "그림이 오는 길에 손상되었습니다. 페이지를 새로 고치고 다시 시도하세요."
        ),
        "The picture cannot be read ({0}); choose it again.": (
            "그림을 읽을 수 없습니다({0!t}). 다시 고르세요."
        ),
        "{0} is no picture's name; end it in {1}.": (
            "{0}: 그림 파일의 이름이 아닙니다. 이름 끝을 {1!t} 중 하나로 하세요."
        ),
        "{0} cannot be written ({1}); choose another place.": (
            "{0}: 쓸 수 없습니다({1!t}). 다른 곳을 고르세요."
        ),
        "The size {0} and the line width {1} must be at least 1 pixel.": (
            "크기({0})와 선 굵기({1})는 1픽셀 이상이어야 합니다."
        ),
        "The detail {0} must be from 0 to 1.": "따낼 선의 양({0})은 0부터 1까지여야 합니다.",
        "Two pictures are needed: send the input's file and the output's.": (
            "그림 두 장이 필요합니다. 입력 파일과 출력 파일을 보내세요."
        ),
        "The {0} must be a number from 0 to 1.": "{0!t}: 0부터 1까지의 숫자여야 합니다.",
        "The file is larger than {0} MB; choose a smaller photo.": (
            "파일이 {0} MB보다 큽니다. 더 작은 사진을 고르세요."
        ),
        "The file is larger than {0} MB: choose a smaller picture.": (
            "파일이 {0} MB보다 큽니다. 더 작은 그림을 고르세요."
        ),
        "The photo is no longer here; choose it again.": "사진이 더 이상 여기에 없습니다. 다시 고르세요.",
        "The browser sent no photo; choose it again.": "브라우저가 사진을 보내지 않았습니다. 다시 고르세요.",
        "The browser sent no file: choose the photo again.": (
            "브라우저가 파일을 보내지 않았습니다. 사진을 다시 고르세요."
        ),
        "The photo was damaged on its way here: choose it again.": (
            "사진이 오는 길에 손상되었습니다. 다시 고르세요."
        ),
        "There are no photos yet; drop some here first.": (
            "아직 사진이 없습니다. 먼저 여기에 끌어다 놓으세요."
        ),
        "These are more than {0} files; choose at most {1} photos at a time.": (
            "파일이 {0}개가 넘습니다. 한 번에 최대 {1}장까지 고르세요."
        ),
        "The browser sent files that were not uploaded: choose them again.": (
            "브라우저가 업로드되지 않은 파일을 보냈습니다. 다시 고르세요."
        ),
        "The photos have {0} MB together; choose fewer, of at most {1} MB.": (
            "사진을 모두 합치면 {0} MB입니다. {1} MB를 넘지 않게 더 적게 고르세요."
        ),
        "The result could not be stored here ({0}); tell who runs this app.": (
            "결과를 여기에 저장하지 못했습니다({0!t}). 이 앱을 운영하는 사람에게 알려 주세요."
        ),
        "The drawing is {0} x {1} pixels: send one of at most {2} x {3}.": (
            "그림이 {0} x {1} 픽셀입니다. 최대 {2} x {3} 픽셀인 그림을 보내세요."
        ),
        "The drawing is blank: draw something on it first.": "그림이 비어 있습니다. 먼저 무언가를 그리세요.",
        "The seed must be a whole number from 0 to {0}.": "시드는 0부터 {0}까지의 정수여야 합니다.",
        "There is no picture to compare on: choose one, or take your drawing.": (
            "비교할 그림이 없습니다. 하나를 고르거나 내 그림을 쓰세요."
        ),
        "There is no drawing: draw something in the Draw tab first, or choose a picture.": (
            "그린 그림이 없습니다. 먼저 그리기 탭에서 그리거나 그림 파일을 고르세요."
        ),
        "There is no picture yet: choose a file.": "아직 그림이 없습니다. 파일을 고르세요.",
        "The input has {0}x{1} pixels and the output {2}x{3}: give the two pictures of one translation.": (
            "입력은 {0}x{1} 픽셀, 출력은 {2}x{3} 픽셀입니다. 한 번의 변환에서 나온 두 그림을 주세요."
        ),
        "The input has {0}x{1} pixels and the other picture {2}x{3}: choose two of the same shape.": (
            "입력은 {0}x{1} 픽셀, 다른 그림은 {2}x{3} 픽셀입니다. 모양이 같은 두 그림을 고르세요."
        ),
        (
            "A picture of {0}x{1} pixels is too small for this discriminator, whose patches are {2} pixels"
            " wide: give a larger one."
        ): "{0}x{1} 픽셀 그림은 패치 너비가 {2} 픽셀인 이 판별자에는 너무 작습니다. 더 큰 그림을 주세요.",
        "The files cannot be kept in {0} ({1}): free some space on its disk, or choose fewer files.": (
            "파일을 {0}에 보관할 수 없습니다({1!t}). 디스크의 공간을 비우거나 파일을 더 적게 고르세요."
        ),
        "There are no files yet: choose a zip or pictures.": (
            "아직 파일이 없습니다. zip이나 그림을 고르세요."
        ),
        "Two sets are two sets of pictures: put the folders A and B into one zip instead.": (
            "두 묶음에는 그림만 넣을 수 있습니다. zip이라면 폴더 A와 B를 zip 하나에 담으세요."
        ),
        "These are {0} files, more than {1}: choose fewer.": (
            "파일이 {0}개로 {1}개를 넘습니다. 더 적게 고르세요."
        ),
        "The files have {0} MB, more than {1}: choose fewer.": (
            "파일이 {0} MB로 {1} MB를 넘습니다. 더 적게 고르세요."
        ),
        "The file {0} is neither a picture nor a zip: choose PNGs, JPEGs or a zip.": (
            "“{0}” 파일은 그림도 zip도 아닙니다. PNG, JPEG 또는 zip을 고르세요."
        ),
    },
}
