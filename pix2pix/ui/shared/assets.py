"""The page's own files: templates, scripts and styles, beside the Python that uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1]


def read(name: str) -> str:
    """A file that lies beside this one."""
    return (HERE / name).read_text(encoding="utf-8")


def scripts(*names: str, **constants: Any) -> str:
    """Files beside this one as the body of one function, JSON values as constants before them."""
    told = [f"const {name} = {json.dumps(value)};" for name, value in constants.items()]
    return "\n".join([*told, *map(read, names)])
