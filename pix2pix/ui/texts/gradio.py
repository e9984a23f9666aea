"""What Gradio says by itself in its toasts: patterns of its English, and what is shown instead."""

from __future__ import annotations

SAID: dict[str, dict[str, str]] = {
    "ko": {
        r"File\(s\) exceed the maximum allowed size of (.*): (.*)": "파일이 최대 크기 $1보다 큽니다: $2",
        r"File size exceeded maximum allowed size of (.*) bytes\.": "파일이 최대 크기 $1바이트보다 큽니다.",
        r"Invalid file type\. Please upload a file that is one of these formats: (.*)": (
            "쓸 수 없는 형식의 파일입니다. 다음 형식의 파일을 올리세요: $1"
        ),
        r"Queue is full\. Max size is (.*) and size is (.*)\.": (
            "지금은 이용자가 많습니다. 잠시 뒤에 다시 시도하세요. (대기 $2/$1)"
        ),
        r"Connection errored out\.": "연결이 끊겼습니다. 연결을 확인하고 다시 시도하세요.",
        "Warning": "주의",
        "Error": "오류",
        "Info": "알림",
    },
}
