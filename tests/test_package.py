"""The package as others get it: built as a wheel, installed into an empty place, and used from there."""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from support import shape_pair

import pix2pix
import train

ROOT = Path(__file__).parents[1]
SOURCES = ("pix2pix", "train", "checkpoints", "pyproject.toml", "setup.py", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built of a copy, because a build leaves files beside its sources."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy)
    pip("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(copy / "made"), str(copy))
    (path,) = (copy / "made").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to which it is installed; torch and the rest are those of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--no-compile", "--target", str(folder), str(wheel))
    return folder


def pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def run(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run an installed command, or Python with ``-c``, in a folder from which the repository is not seen."""
    command = (
        [sys.executable, *words] if words[0] == "-c" else [str(installed / "bin" / words[0]), *words[1:]]
    )
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def requirements(lines: list[str]) -> set[str]:
    """Requirements without comments and spaces, their limits in one order."""
    parted = (re.fullmatch(r"([\w-]+)(.*)", re.sub(r"\s|#.*", "", line)) for line in lines)
    return {f"{m[1]} {sorted(m[2].split(','))}" for m in parted if m}


def test_all_files_and_models_are_in_the_wheel_and_it_fits_a_package_index(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tracked = [p for top in SOURCES[:3] for p in (ROOT / top).rglob("*") if p.is_file()]
    expected = {p.relative_to(ROOT).as_posix() for p in tracked if p.suffix != ".pyc"}
    moved = {re.sub(r"^checkpoints/", "pix2pix/checkpoints/", name) for name in expected}
    assert moved <= names, sorted(moved - names)[:5]
    assert (
        "pix2pix/checkpoints/edges2photo/README.md" in names
    )  # the card says what the model may be used for
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"pix2pix", "train"}
    assert wheel.stat().st_size < 100_000_000  # more, the Python package index doesn't take


def test_a_space_is_told_to_install_what_the_package_needs_with_the_app(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = email.message_from_string(archive.read(name).decode())
    assert metadata["Version"] == pix2pix.__version__ and "# pix2pix studio" in str(metadata.get_payload())
    needed = [line.split(";") for line in metadata.get_all("Requires-Dist", [])]
    wanted = [words[0] for words in needed if len(words) == 1 or 'extra == "app"' in words[1]]
    listed = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert requirements(wanted) == requirements(listed) and len(wanted) == 8
    assert not any(words[0].startswith("gradio") for words in needed if len(words) == 1)


def test_the_commands_work_without_the_repository(installed: Path, tmp_path: Path) -> None:
    shape_pair(0, 256)[0].save(tmp_path / "drawing.png")
    done = run(installed, tmp_path, "pix2pix", "translate", "edges2emoji", "drawing.png", "emoji.png")
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "emoji.png") as made:
        assert made.size == (256, 256) and len(made.getcolors(65536) or ()) > 100
    listed = run(installed, tmp_path, "pix2pix", "list")
    assert "edges2photo" in listed.stdout and "day2night" in listed.stdout
    told = run(installed, tmp_path, "pix2pix-train", "--help")
    assert told.stdout.startswith("usage: pix2pix-train"), told.stderr


def test_the_code_runs_from_where_it_was_installed(installed: Path, tmp_path: Path) -> None:
    code = "import pix2pix.ui.start as s, train.runs.jobs as j; print(s.__file__, j.ROOT, s.make()[0].title)"
    done = run(installed, tmp_path, "-c", code)
    assert done.stdout.count(str(installed)) == 2, done.stderr


def test_without_gradio_the_app_says_how_to_get_it(installed: Path, tmp_path: Path) -> None:
    code = "import sys; sys.modules['gradio'] = None; import pix2pix; import pix2pix.ui"
    done = run(installed, tmp_path, "-c", code)
    assert done.returncode == 1
    assert done.stderr == "Error: The app needs Gradio: pip install 'pix2pix-studio[app]'.\n"


@pytest.mark.parametrize("package", [pix2pix, train])
def test_all_that_a_package_offers_is_listed_and_there(package: object) -> None:
    names = package.__all__  # type: ignore[attr-defined]
    assert len(names) >= 3 and set(names) <= set(dir(package)) and "__doc__" in dir(package)
    assert all(getattr(package, name) is not None for name in names)
    with pytest.raises(AttributeError, match="has no attribute 'Translater'"):
        package.Translater  # type: ignore[attr-defined]  # noqa: B018
