"""The rooms and arrows that docs/architecture.md draws are those of the imports."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DRAWING = ROOT / "docs" / "architecture.md"
TOPS = ("pix2pix", "train", "benchmarks", "recipes")
FILES = [ROOT / "app.py", *(path for top in TOPS for path in (ROOT / top).rglob("*.py"))]


def drawn() -> dict[str, set[str]]:
    """The rooms that each room imports, as the drawing has them.

    Its lines are ``room -> room room``, below ``group:`` with names of that group as ``.name``.
    """
    block = re.search(r"^```text\n(.*?)^```", DRAWING.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert block
    rooms, group = {}, ""
    for line in block[1].splitlines():
        room, arrow, used = line.partition("->")
        if arrow:
            names = [room.strip(), *used.split()]
            full = [group + name if name.startswith(".") else name for name in names]
            rooms[full[0]] = set(full[1:])
        else:
            group = line.strip().removesuffix(":")
    return rooms


def room_of(module: str, rooms: set[str]) -> str:
    """The innermost room that holds a module."""
    parts = module.split(".")
    names = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((name for name in names if name in rooms), module)


def imported(path: Path) -> set[str]:
    """Full names of our modules, and of the names in them, that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in TOPS}


def arrows(rooms: set[str]) -> dict[str, set[str]]:
    """The rooms that each room imports, by its code."""
    found: dict[str, set[str]] = {}
    for path in FILES:
        if not path.stat().st_size:
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        here = room_of(module, rooms)
        found.setdefault(here, set()).update(room_of(name, rooms) for name in imported(path))
        found[here].discard(here)
    return found


def test_the_drawing_has_all_rooms_and_arrows() -> None:
    drawing = drawn()
    assert arrows(set(drawing)) == drawing


def test_no_arrow_leads_back() -> None:
    left = drawn()
    while left:
        free = [room for room, used in left.items() if not used & set(left)]
        assert free, f"these rooms import each other: {', '.join(left)}"
        left = {room: used for room, used in left.items() if room not in free}


def test_every_folder_of_code_is_a_room() -> None:
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in FILES} - {"", "benchmarks"}
    assert {folder for folder in folders if not folder.startswith("pix2pix.ui.texts.")} <= set(drawn())
