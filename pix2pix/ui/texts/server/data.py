"""Data sets: zips, folders, data sets of the Hub, and what is found in them.

See sentences.py.
"""

from __future__ import annotations

SENTENCES: dict[str, dict[str, str]] = {
    "ko": {
        "There is no data yet: drop a zip or pictures first.": (
            "아직 데이터가 없습니다. 먼저 zip이나 그림을 끌어다 놓으세요."
        ),
        "There is no data: name at least one folder of pairs.": (
            "데이터가 없습니다. 쌍이 든 폴더를 하나 이상 지정하세요."
        ),
        "Only data sets of the Hub can be named here: write hf://datasets/owner/name.": (
            "여기서는 Hub 데이터셋만 쓸 수 있습니다. hf://datasets/owner/name과 같이 적으세요."
        ),
        "The option --pairs needs the names of two folders, that of A first.": (
            "pairs에는 폴더 이름 두 개가 필요합니다. A의 폴더를 먼저 적으세요."
        ),
        "The option --pairs names the folder '{0}' twice: name the folder of A, then that of B.": (
            "pairs에 폴더 '{0}'이(가) 두 번 적혀 있습니다. A의 폴더와 B의 폴더를 차례로 적으세요."
        ),
        (
            "There is no folder '{0}' in {1} (folders in it: {2}): --pairs names two folders that lie in the"
            " data."
        ): (
            "{1} 안에 폴더 '{0}'이(가) 없습니다(있는 폴더: {2}). pairs에는 데이터 안에 있는 두 폴더를"
            " 적으세요."
        ),
        (
            "The folders {0} in {1} have the same file names: say which hold A and B with --pairs A_FOLDER"
            " B_FOLDER, or call them A and B."
        ): ("{1}에 파일 이름이 같은 폴더 {0}이(가) 있습니다. 쌍을 이루는 두 폴더의 이름을 A와 B로 바꾸세요."),
        "There is no data folder {0}, or none that you may read: check the path.": (
            "데이터 폴더 {0}이(가) 없거나 읽을 수 없습니다. 경로를 확인하세요."
        ),
        "The data {0} is a file: give a folder or a zip of pictures.": (
            "데이터 {0}은(는) 파일입니다. 그림이 든 폴더나 zip을 주세요."
        ),
        "The data {0} has a folder {1} without its counterpart: put A and B side by side.": (
            "데이터 {0}의 폴더 {1}에 짝이 되는 폴더가 없습니다. A와 B를 나란히 두세요."
        ),
        "The data {0} has no training pairs, only a val or test folder: add a folder train beside it.": (
            "데이터 {0}에 학습용 쌍이 없고 val이나 test 폴더만 있습니다. 그 옆에 train 폴더를 더하세요."
        ),
        (
            "The folder {0} has no usable pair: put images with A on the left and B on the right into it,"
            " or two folders A and B with the same file names."
        ): (
            "폴더 {0}에 쓸 수 있는 쌍이 없습니다. 왼쪽이 A, 오른쪽이 B인 그림을 넣거나, 파일 이름이 같은 두"
            " 폴더 A와 B를 넣으세요."
        ),
        (
            "The folder {0} has no usable pair ({1}): put images with A on the left and B on the right into"
            " it, or two folders A and B with the same file names."
        ): (
            "폴더 {0}에 쓸 수 있는 쌍이 없습니다({1!t}). 왼쪽이 A, 오른쪽이 B인 그림을 넣거나, 파일 이름이"
            " 같은 두 폴더 A와 B를 넣으세요."
        ),
        (
            "The data {0} holds pairs already ({1}), and --input {2} makes the input from single photos:"
            " name the folder of the photos alone, or leave --input out."
        ): (
            "데이터 {0}에는 이미 쌍이 있는데({1!t}), input을 {2}(으)로 하면 사진 한 장에서 입력을 만듭니다."
            " 사진 폴더만 지정하거나 input을 비우세요."
        ),
        (
            "The file {0} is {1} pixels high and cannot be cut into two equal halves: remove it or save A"
            " and B one above the other in the same size."
        ): (
            "{0} 파일은 높이가 {1} 픽셀이라 똑같은 반으로 나눌 수 없습니다. 빼거나 A와 B를 같은 크기로"
            " 위아래로 저장하세요."
        ),
        (
            "The file {0} is {1} pixels high and cannot be cut into two equal halves: remove it or save A"
            " and B side by side in the same size."
        ): (
            "{0} 파일은 높이가 {1} 픽셀이라 똑같은 반으로 나눌 수 없습니다. 빼거나 A와 B를 같은 크기로"
            " 나란히 저장하세요."
        ),
        (
            "The file {0} is {1} pixels wide and cannot be cut into two equal halves: remove it or save A"
            " and B one above the other in the same size."
        ): (
            "{0} 파일은 너비가 {1} 픽셀이라 똑같은 반으로 나눌 수 없습니다. 빼거나 A와 B를 같은 크기로"
            " 위아래로 저장하세요."
        ),
        (
            "The pictures in {0} look like drawings without their photos: put both into two folders A and B"
            " with the same file names."
        ): "{0}에는 사진 없이 그림만 있는 듯합니다. 둘을 같은 파일 이름으로 A와 B 폴더에 넣으세요.",
        (
            "The pictures in {0} look like label maps without their photos: put both into two folders A and B"
            " with the same file names."
        ): "{0}에는 사진 없이 라벨 그림만 있는 듯합니다. 둘을 같은 파일 이름으로 A와 B 폴더에 넣으세요.",
        (
            "The file {0} is {1} pixels wide and cannot be cut into two equal halves: remove it or save A"
            " and B side by side in the same size."
        ): (
            "{0} 파일은 너비가 {1} 픽셀이라 똑같은 반으로 나눌 수 없습니다. 빼거나 A와 B를 같은 크기로"
            " 나란히 저장하세요."
        ),
        (
            "The pictures in {0} are single photos, and their {1} made as the input: --direction BtoA has"
            " no meaning then, leave it out."
        ): (
            "{0}의 그림은 짝이 없는 사진이고, {1!t} 입력으로 만듭니다. 이때 방향 B → A에는 뜻이 없으니 쓰지"
            " 마세요."
        ),
        (
            "The folder {0} holds drawings and photos under names that do not pair them: put them into two"
            " folders A and B with the same file names."
        ): (
            "{0} 폴더에 그림과 사진이 섞여 있는데 이름만으로는 짝을 알 수 없습니다. 같은 파일 이름으로 A와 B"
            " 폴더에 나누어 넣으세요."
        ),
        (
            "The files {0} and {1} in one set differ only in small and capital letters of their endings, so"
            " that their partners are not clear: rename one."
        ): (
            "한 묶음에 든 {0}과(와) {1}은(는) 확장자의 대소문자만 달라 짝을 알 수 없습니다. 하나의 이름을"
            " 바꾸세요."
        ),
        (
            "The data {0} is a web address: download it and name the folder or zip, or write"
            " hf://datasets/owner/name for a data set of the Hugging Face Hub."
        ): (
            "데이터 {0}은(는) 웹 주소입니다. 내려받아 폴더나 zip을 고르거나, Hugging Face Hub의 데이터라면"
            " hf://datasets/owner/name처럼 쓰세요."
        ),
        (
            "The pictures in {0} look like single photos, not like A and B side by side: put inputs and"
            " targets into two folders A and B with the same file names."
        ): (
            "{0}의 그림은 나란한 A와 B가 아니라 사진 한 장씩으로 보입니다. 입력과 목표를 같은 파일 이름으로"
            " A와 B 폴더에 넣으세요."
        ),
        (
            "The pictures in {0} look like single photos, not like A and B side by side: put inputs and"
            " targets into two folders A and B with the same file names, or give --input edges, lowres or"
            " grey to have the input made."
        ): (
            "{0}의 그림은 나란한 A와 B가 아니라 사진 한 장씩으로 보입니다. 입력과 목표를 같은 파일 이름으로"
            " A와 B 폴더에 넣거나, 입력을 만들려면 input을 edges, lowres, grey 중 하나로 하세요."
        ),
        (
            "The data {0} has a folder {1} without its counterpart, and pictures that look like single"
            " photos: put the other halves beside it in a folder of their own, or give --input edges,"
            " lowres or grey to have them made."
        ): (
            "데이터 {0}의 폴더 {1}에 짝이 되는 폴더가 없고, 그림은 사진 한 장씩으로 보입니다. 나머지 반쪽을"
            " 그 옆의 폴더에 넣거나, 입력을 만들려면 input을 edges, lowres, grey 중 하나로 하세요."
        ),
        (
            "There are {0} files {1} in one set, some perhaps because long names and signs such as : and ?"
            " are cut when they are sent: put the folders A and B into one zip instead."
        ): (
            "한 묶음에 이름이 {1}인 파일이 {0}개 있습니다. 긴 이름이나 : ? 같은 글자는 보낼 때"
            " 잘릴 수 있습니다. 대신 폴더 A와 B를 zip 하나에 넣으세요."
        ),
        (
            "The file name {0} is so long that it may have been cut when it was sent: put the folders A and B"
            " into one zip instead."
        ): (
            "파일 이름 {0}이(가) 너무 길어서 보낼 때 잘렸을 수 있습니다. 대신 폴더 A와 B를 zip"
            " 하나에 넣으세요."
        ),
        (
            "The data could not be looked at to the end, because of an error that nobody foresaw: see the"
            " app's console, or look with python -m train check."
        ): (
            "예상하지 못한 오류로 데이터를 끝까지 살펴보지 못했습니다. 앱의 콘솔을 보거나 python -m train"
            " check로 살펴보세요."
        ),
        (
            "The data could not be looked at to the end, perhaps for want of memory or disk space: free"
            " some and try again."
        ): (
            "데이터를 끝까지 살펴보지 못했습니다. 메모리나 디스크 공간이 모자랐을 수 있으니 비우고 다시"
            " 시도하세요."
        ),
        "{0} is outside of the folders train, val and test: it is left out.": (
            "{0}: train, val, test 폴더 밖에 있어 학습에서 뺍니다."
        ),
        "{0} is of a format that is not read: save it as PNG; it is left out.": (
            "{0}: 읽지 않는 형식이라 학습에서 뺍니다. PNG로 저장하세요."
        ),
        "{0} cannot be opened ({1}): make it readable; it is left out.": (
            "{0}: 열 수 없어 학습에서 뺍니다({1!t}). 읽을 수 있게 하세요."
        ),
        "{0} is a broken link or no file that can be reached: it is left out.": (
            "{0}: 끊어진 링크이거나 닿을 수 없는 파일이라 학습에서 뺍니다."
        ),
        "{0} is neither in {1} nor in {2}: it is left out.": "{0}: {1}에도 {2}에도 없어 학습에서 뺍니다.",
        "{0} has no partner in {1}: it is left out.": "{0}: {1}에 짝이 없어 학습에서 뺍니다.",
        (
            "{0} shares its name with {1} more in {2} or {3}, so that its partner is not clear: it is left"
            " out."
        ): "{0}: {2}이나 {3}에 같은 이름이 {1}개 더 있어 짝이 분명하지 않으므로 학습에서 뺍니다.",
        "{0}; until then it is left out.": "{0!t} 그때까지 학습에서 뺍니다.",
        "{0}: B lies {1}": "{0}: B가 {1!t}",
        "{0} ({1}): {2} as in {3}": "{0} ({1}): {3}과(와) {2!t}",
        "{0} ({1}): it looks the same as {2}": "{0} ({1}): {2}과(와) 같아 보임",
        "{0} looks the same as {1}": "{0}: {1}과(와) 같아 보임",
        "{0}: the input has {1}x{2} pixels, the target {3}x{4}": "{0}: 입력 {1}x{2} 픽셀, 목표 {3}x{4} 픽셀",
        "{0}: {1} bits": "{0}: {1}비트",
        "{0}: {1} of {2} bands": "{0}: 밴드 {2}개 중 {1}개",
        "The archive {0} is damaged or of an unknown kind: zip it again.": (
            "압축 파일 {0}이(가) 손상되었거나 알 수 없는 종류입니다. 다시 zip으로 묶으세요."
        ),
        "The archive {0} cannot be read ({1}): check the path.": (
            "압축 파일 {0}을(를) 읽을 수 없습니다({1!t}). 경로를 확인하세요."
        ),
        "The archive {0} holds a file without a name: zip the folder again.": (
            "압축 파일 {0}에 이름이 없는 파일이 있습니다. 폴더를 다시 zip으로 묶으세요."
        ),
        "The archive {0} holds the name {1}, which cannot be here ({2}): rename it and zip again.": (
            "압축 파일 {0}에 여기서 쓸 수 없는 이름 {1}이(가) 있습니다({2!t}). 이름을 바꾸고 다시 zip으로"
            " 묶으세요."
        ),
        "The archive {0} holds the name {1}, which no file should have: zip the folder again.": (
            "압축 파일 {0}에 파일 이름으로 쓸 수 없는 {1}이(가) 있습니다. 폴더를 다시 zip으로 묶으세요."
        ),
        "The archive {0} holds the path '{1}', which leads out of it: zip the folder again.": (
            "압축 파일 {0}에 밖으로 나가는 경로 “{1}”이(가) 있습니다. 폴더를 다시 zip으로 묶으세요."
        ),
        "The archive {0} holds {1} files, more than {2}: split it.": (
            "압축 파일 {0}에 파일이 {1}개로 {2}개를 넘습니다. 나누세요."
        ),
        "The archive {0} holds {1} twice: zip the folder again.": (
            "압축 파일 {0}에 {1}이(가) 두 번 들어 있습니다. 폴더를 다시 zip으로 묶으세요."
        ),
        "The archive {0} holds {1} with {2} MB, too large for a picture here.": (
            "압축 파일 {0}의 {1}은(는) {2} MB로, 여기서 쓸 그림으로는 너무 큽니다."
        ),
        "The archive {0} holds {1}, which is a link or no plain file: zip the pictures themselves.": (
            "압축 파일 {0}의 {1}은(는) 링크이거나 보통 파일이 아닙니다. 그림 자체를 zip으로 묶으세요."
        ),
        "The archive {0} holds {1}, {2} kB that swell to {3} MB: take it out.": (
            "압축 파일 {0}의 {1}은(는) {2} kB가 {3} MB로 부풀어 오릅니다. 빼세요."
        ),
        "The archive {0} is encrypted: zip the folder again without a password.": (
            "압축 파일 {0}이(가) 암호화되어 있습니다. 폴더를 암호 없이 다시 zip으로 묶으세요."
        ),
        "The archive {0} says that it holds more than it can: zip the folder again.": (
            "압축 파일 {0}에 적힌 크기가 맞지 않습니다. 폴더를 다시 zip으로 묶으세요."
        ),
        "The archive {0} takes {1} GB, and {2} are free: make some space.": (
            "압축 파일 {0}에는 {1} GB가 필요한데 {2} GB만 남았습니다. 공간을 비우세요."
        ),
        "The archive {0} would take {1} GB, more than {2}: split it.": (
            "압축 파일 {0}을(를) 풀면 {1} GB로 {2} GB를 넘습니다. 나누세요."
        ),
        (
            "The data set {0} cannot be unpacked into {1} ({2}): free some space, or name another folder in"
            " PIX2PIX_CACHE."
        ): (
            "데이터 {0}을(를) {1}에 풀 수 없습니다({2!t}). 공간을 비우거나 PIX2PIX_CACHE에 다른 폴더를"
            " 지정하세요."
        ),
        "The data set {0} has several configurations ({1}): name one of them, such as {2}.": (
            "데이터셋 {0}에는 구성이 여럿 있습니다({1}). {2}처럼 하나를 골라 적으세요."
        ),
        "The data set {0} has several zips ({1}): name one of them, such as {2}.": (
            "데이터셋 {0}에는 zip이 여럿 있습니다({1}). {2}처럼 하나를 골라 적으세요."
        ),
        "The data set hf://datasets/{0} has no part {1}: it has {2}.": (
            "데이터셋 hf://datasets/{0}에는 {1}이(가) 없습니다. 들어 있는 것은 {2}입니다."
        ),
        (
            "The configuration {0} lies in one folder with other pictures: download the data set and give a"
            " folder of those that you want."
        ): (
            "구성 {0}의 그림은 다른 그림과 한 폴더에 있습니다. 데이터셋을 내려받아 원하는 그림만 모은 폴더를"
            " 주세요."
        ),
        "'{0}' is not a data set's address: write hf://datasets/owner/name.": (
            "“{0}”: 데이터셋 주소가 아닙니다. hf://datasets/owner/name과 같이 적으세요."
        ),
        (
            "The data set {0} has {1} GB, more than the {2} that are fetched: download a part of it and"
            " give its folder."
        ): "데이터셋 {0}은(는) {1} GB로, 받을 수 있는 {2} GB를 넘습니다. 일부를 내려받아 그 폴더를 주세요.",
        (
            "The data set {0} could not be fetched: check the name, your network, and that you may read it"
            " (`hf auth login`)."
        ): (
            "데이터셋 {0}을(를) 가져오지 못했습니다. 이름과 네트워크, 읽을 권한(`hf auth login`)을"
            " 확인하세요."
        ),
        (
            "The data set {0} is stored as parquet tables: install what reads them with `pip install"
            " pyarrow`."
        ): (
            "데이터셋 {0}은(는) parquet 표로 저장되어 있습니다. `pip install pyarrow`로 읽는 도구를"
            " 설치하세요."
        ),
        "The tables of the data set {0} are damaged: remove them from the Hub's cache and try again.": (
            "데이터셋 {0}의 표가 손상되었습니다. Hub의 캐시에서 지우고 다시 시도하세요."
        ),
        "The data set {0} holds too many pictures to unpack: take a part of it.": (
            "데이터셋 {0}에는 그림이 너무 많아 풀 수 없습니다. 일부만 쓰세요."
        ),
        "The data set {0} has no column with pictures of a pair: save those two as folders A and B.": (
            "데이터셋 {0}에 그림 쌍이 든 열이 없습니다. 두 그림을 폴더 A와 B로 저장하세요."
        ),
        (
            "The data set {0} has the columns {1}, and it is not clear which two are pictures of a pair:"
            " save those two as folders A and B."
        ): (
            "데이터셋 {0}의 열 {1} 가운데 어느 둘이 그림 쌍인지 분명하지 않습니다. 그 둘을 폴더 A와 B로"
            " 저장하세요."
        ),
    },
}
