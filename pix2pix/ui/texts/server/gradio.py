"""What Gradio says by itself in its toasts.

See sentences.py.
"""

from __future__ import annotations

SENTENCES: dict[str, dict[str, str]] = {
    "ko": {
        "File(s) exceed the maximum allowed size of {0}: {1}": "파일이 최대 크기 {0}보다 큽니다: {1}",
        "File size exceeded maximum allowed size of {0} bytes.": "파일이 최대 크기 {0}바이트보다 큽니다.",
        "Invalid file type. Please upload a file that is one of these formats: {0}": (
            "쓸 수 없는 형식의 파일입니다. 다음 형식의 파일을 올리세요: {0}"
        ),
        "Queue is full. Max size is {0} and size is {1}.": (
            "지금은 이용자가 많습니다. 잠시 뒤에 다시 시도하세요. (대기 {1}/{0})"
        ),
        "Connection errored out.": "연결이 끊겼습니다. 연결을 확인하고 다시 시도하세요.",
        "Warning": "주의",
        "Error": "오류",
        "Info": "알림",
    },
}
