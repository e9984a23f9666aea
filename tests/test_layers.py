"""Which way imports go, and that importing does no work."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = {"torch", "torchvision", "numpy", "PIL", "safetensors", "huggingface_hub", "tqdm", "pix2pix"}
EXTRAS = {"pyarrow", "pillow_heif"}  # of pyproject.toml; never imported before they are needed
TRAIN = CORE | EXTRAS | {"train"}
UI_MAY_USE_OF_TRAIN = (
    "train.config",
    "train.presets",
    "train.runs",
    "train.report",
    "train.data",
    "train.measures.metrics",
)


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


CORE_FILES = [path for path in sources("pix2pix") if "ui" not in path.relative_to(ROOT).parts]
UI_FILES = [path for path in sources("pix2pix") if "ui" in path.relative_to(ROOT).parts]
TRAIN_FILES = sources("train")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """Full names of all imported modules, those inside functions too."""
    package = [*path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*parents, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def packages(path: Path) -> set[str]:
    """Top-level packages that are not the standard library's."""
    return {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names)


def test_there_is_something_to_look_at() -> None:
    assert len(CORE_FILES) > 8 and len(TRAIN_FILES) > 8 and UI_FILES
    assert "pix2pix.files" in set(imports(ROOT / "pix2pix" / "checkpoint.py"))
    assert "pix2pix.errors" in set(imports(ROOT / "pix2pix" / "images.py"))  # a relative import


def test_each_package_imports_only_what_it_may() -> None:
    """The core knows neither app nor trainer, the trainer no app, the app only the edge of the trainer."""
    for files, allowed in ((CORE_FILES, CORE | {"pillow_heif"}), (TRAIN_FILES, TRAIN)):
        for path in files:
            assert packages(path) <= allowed, name_of(path)
            assert not [name for name in imports(path) if name.startswith("pix2pix.ui")], name_of(path)
    for path in UI_FILES:
        used = {name for name in imports(path) if name.split(".")[0] == "train"} - {"train"}
        assert all(name.startswith(UI_MAY_USE_OF_TRAIN) for name in used), (name_of(path), used)
        assert not {"tests", "benchmarks"} & packages(path), name_of(path)


def test_an_extra_is_imported_where_it_is_used() -> None:
    for path in TRAIN_FILES:
        top = ast.parse(path.read_text(encoding="utf-8")).body
        names = [alias.name for node in top if isinstance(node, ast.Import) for alias in node.names]
        names += [node.module or "" for node in top if isinstance(node, ast.ImportFrom)]
        assert not {name.split(".")[0] for name in names} & EXTRAS, name_of(path)


def test_the_app_file_is_short_and_only_builds_the_app() -> None:
    text = (ROOT / "app.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert packages(ROOT / "app.py") <= {"pix2pix", "gradio"}
    ours = [n for n in imports(ROOT / "app.py") if n.startswith("pix2pix.")]
    assert ours and all(n.startswith(("pix2pix.ui", "pix2pix.errors")) for n in ours)


def test_importing_only_defines_things() -> None:
    """No statement at module level may loop, open, or run a bare call; a constant may be computed."""
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    for path in (*CORE_FILES, *TRAIN_FILES):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            place = f"{name_of(path)}:{node.lineno}"
            if isinstance(node, ast.Expr):
                assert isinstance(node.value, ast.Constant), place  # a docstring
            elif isinstance(node, ast.If):
                assert ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'"), place
            else:
                assert isinstance(node, allowed), place


def test_the_package_alone_is_quick_to_import() -> None:
    code = "import sys, pix2pix; sys.exit('torch' in sys.modules or 'gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("words", [["-c", "import app"], ["-m", "train", "--help"]])
def test_threads_that_wait_soon_sleep(words: list[str]) -> None:
    """Beside other work those that spin take the processor from it and from each other."""
    environment = {key: value for key, value in os.environ.items() if key != "GOMP_SPINCOUNT"}
    said = subprocess.run(
        [sys.executable, *words],
        env={**environment, "OMP_DISPLAY_ENV": "verbose"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "GOMP_SPINCOUNT = '30000'" in said.stderr


@pytest.mark.parametrize("modules", ["pix2pix.ui", "train.loop, train.cli"])
def test_the_app_and_trainings_start_without_what_only_measures_need(modules: str) -> None:
    """Torchvision alone would add a second or two."""
    code = f"import sys, {modules}; sys.exit('torchvision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
