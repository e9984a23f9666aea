"""Texts of the Photo tab."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "photo_input": "Your photo",
        "photo_examples": "Try one of these",
        "photo_example_temple": "Temple",
        "photo_example_street": "Street",
        "photo_example_dahlia": "Dahlia",
        "photo_example_sandal": "Sandal",
        "photo_wants_day2night": "Takes day photos of any size, best with sky and buildings.",
        "photo_wants_edges2photo": "Takes a shoe or a bag on a plain background.",
        "photo_wants_edges2emoji": "Takes one simple thing on a plain background.",
        "photo_wants_own": "Takes photos like those it was trained on.",
        "photo_way": "What to do with it",
        "photo_way_photo": "Translate the photo",
        "photo_way_trace": "Trace edges, then paint them",
        "photo_model": "Model",
        "photo_trace_model": "Model that paints",
        "photo_seed": "Seed",
        "photo_another": "Another version",
        "photo_detail": "Lines traced",
        "photo_detail_info": "0 contours only, 1 every line",
        "photo_result": "Before and after",
        "photo_lines": "The traced lines",
        "photo_strength": "Strength (%)",
        "photo_strength_info": "0 is your photo, 100 what the model makes of it",
        "photo_download": "Download",
        "photo_batch": "Many photos at once",
        "photo_files": "Photos",
        "photo_batch_start": "Translate all",
        "photo_batch_stop": "Stop",
        "photo_batch_download": "Download the zip",
        "photo_done": "{width} x {height} pixels, {model}, seed {seed}, {seconds} s.",
        "photo_reduced": (
            "The photo had {from_width} x {from_height} pixels and was reduced to {width} x {height}, because"
            " {side} are the most on its longer side."
        ),
        "photo_enlarged": "The photo was enlarged {times} times for the model to sharpen.",
        "photo_traced": "The model draws {side} pixels a side, enlarged here to your photo's size.",
        "photo_batch_limits": (
            "Up to {files} photos, {mb} MB each and {all_mb} MB in all;"
            " the model, seed and strength above hold."
        ),
        "photo_batch_going": "{tried} of {count} photos…",
        "photo_batch_done": "{done} of {count} photos are in the zip.",
        "photo_batch_stopped": "Stopped: {done} of {count} photos are in the zip.",
    },
    "ko": {
        "photo_input": "내 사진",
        "photo_examples": "예시 사진",
        "photo_example_temple": "누각",
        "photo_example_street": "거리",
        "photo_example_dahlia": "달리아",
        "photo_example_sandal": "샌들",
        "photo_wants_day2night": "낮에 찍은 사진이면 크기는 상관없습니다. 하늘과 건물이 있으면 좋습니다.",
        "photo_wants_edges2photo": "단색 배경 앞의 신발이나 가방 사진이 좋습니다.",
        "photo_wants_edges2emoji": "단색 배경 앞의 단순한 물건 사진이 좋습니다.",
        "photo_wants_own": "학습에 쓴 것과 비슷한 사진이 좋습니다.",
        "photo_way": "무엇을 할까요?",
        "photo_way_photo": "사진을 그대로 변환하기",
        "photo_way_trace": "윤곽선을 따서 다시 칠하기",
        "photo_model": "모델",
        "photo_trace_model": "칠할 모델",
        "photo_seed": "시드",
        "photo_another": "다른 버전",
        "photo_detail": "따낼 선의 양",
        "photo_detail_info": "0은 윤곽만, 1은 모든 선",
        "photo_result": "변환 전과 후",
        "photo_lines": "따낸 선",
        "photo_strength": "강도 (%)",
        "photo_strength_info": "0은 원본 사진, 100은 모델이 만든 그대로",
        "photo_download": "내려받기",
        "photo_batch": "여러 장 한꺼번에",
        "photo_files": "사진들",
        "photo_batch_start": "모두 변환하기",
        "photo_batch_stop": "멈추기",
        "photo_batch_download": "zip 내려받기",
        "photo_done": "{width} x {height} 픽셀, {model}, 시드 {seed}, {seconds}초.",
        "photo_reduced": (
            "긴 변은 {side} 픽셀까지 쓸 수 있어서, {from_width} x {from_height} 픽셀 사진을"
            " {width} x {height} 픽셀로 줄였습니다."
        ),
        "photo_enlarged": "모델이 선명하게 만들 수 있도록 사진을 {times}배 확대했습니다.",
        "photo_traced": "모델은 한 변이 {side} 픽셀인 그림을 그리며, 여기서는 사진 크기로 확대했습니다.",
        "photo_batch_limits": (
            "최대 {files}장, 한 장에 {mb} MB, 모두 합쳐 {all_mb} MB까지."
            " 위에서 고른 모델, 시드, 강도를 씁니다."
        ),
        "photo_batch_going": "{count}장 중 {tried}장…",
        "photo_batch_done": "{count}장 중 {done}장이 zip에 담겼습니다.",
        "photo_batch_stopped": "멈췄습니다. {count}장 중 {done}장이 zip에 담겼습니다.",
    },
}
