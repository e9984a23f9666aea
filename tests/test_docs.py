"""What README.md and docs say is true: Python runs, commands parse, links lead somewhere, files are small."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support import shape_pair, write_side_by_side

from pix2pix.ui import Settings, build, serve
from train.flags import add_options

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
WITH_LINKS = [*PAGES, ROOT / "CHANGELOG.md", *sorted((ROOT / "checkpoints").rglob("README.md"))]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
TOOLS = ("hf", "pip", "torchrun")  # other projects' commands
SHORT = (
    "steps=1, image_size=32, load_size=32, width=2, discriminator_width=2, quarters=0.0, lambda_features=0.0"
)
SHORT += ", lambda_feature_gan=0.0, receptive_field=16, workers=0, device='cpu'"


def blocks(page: Path, language: str) -> list[str]:
    """The code of one language; "" is the console's."""
    fences = re.findall(
        r"^```([^\n]*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return [text for name, text in fences if name == language]


def commands() -> Iterator[tuple[str, list[str]]]:
    """(page, words) of each command line in a block."""
    for page in PAGES:
        for block in blocks(page, ""):
            for line in block.splitlines():
                yield page.name, shlex.split(line, comments=True)


@pytest.fixture
def parsed_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, list[str]], None]:
    """Runs a module's command line until its words are parsed."""
    parse = argparse.ArgumentParser.parse_args

    class Parsed(Exception):
        pass

    def parse_args(self: argparse.ArgumentParser, *given: Any, **named: Any) -> Any:
        parse(self, *given, **named)
        raise Parsed

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_args)
    homes = {"pix2pix": "pix2pix.cli", "train": "train.cli"}

    def run(module: str, words: list[str]) -> None:
        monkeypatch.setattr(sys, "argv", [module, *words])
        with pytest.raises(Parsed):
            importlib.import_module(homes.get(module, module)).main()

    return run


def test_the_commands_have_the_words_and_options_that_are_written(
    parsed_only: Callable[[str, list[str]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, count = [], 0
    for page, words in commands():
        if not words:
            continue
        count += 1
        if words[0] == "make":
            right = all(word in TARGETS for word in words[1:] if "=" not in word)
        elif "-m" in words[:4]:
            module, *rest = words[words.index("-m") + 1 :]
            if right := module != "pytest":
                try:
                    parsed_only(module, rest)
                except (SystemExit, ImportError):
                    right = False
            else:
                right = all((ROOT / word).exists() for word in rest if "/" in word)
        else:
            right = words[0] in TOOLS
        if not right:
            wrong.append(f"{page}: {shlex.join(words)} {capsys.readouterr().err[-200:]}")
    assert count > 30 and not wrong, "\n".join(wrong)


def test_modules_named_in_a_sentence_are_there() -> None:
    texts = {page.name: page.read_text(encoding="utf-8") for page in WITH_LINKS}
    named = {
        (name, found) for name, text in texts.items() for found in re.findall(r"python -m ([\w.]+)", text)
    }
    paths = {(name, ROOT.joinpath(*module.split("."))) for name, module in named if module != "pytest"}
    assert len(paths) > 8
    assert not [
        (name, str(path)) for name, path in paths if not (path.is_dir() or path.with_suffix(".py").is_file())
    ]


def test_options_named_in_a_sentence_are_there() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    known = {"--logdir", "--no-deps"} | {text for action in parser._actions for text in action.option_strings}
    for folder in ("pix2pix", "train", "recipes", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            known |= set(re.findall(r"\"(--[a-z][\w-]*)\"", path.read_text(encoding="utf-8")))
    named = set()
    for page in PAGES:
        for code in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")):
            named |= {(page.name, option) for option in re.findall(r"(?<!\S)--[a-z][\w-]*", code)}
    assert len(named) > 30
    assert not {(page, option) for page, option in named if option not in known}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the examples name."""
    drawing, photo = shape_pair(0, 64)
    drawing.save(tmp_path / "drawing.png")
    photo.save(tmp_path / "day.jpg")
    write_side_by_side(tmp_path / "DATA" / "train", count=2)
    write_side_by_side(tmp_path / "DATA" / "val", count=1, first=9)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name
)
def test_the_python_runs(page: Path, desk: Path) -> None:
    """A page's blocks one after the other, as a reader would; a training is made short, an app is started."""
    demo, names = None, dict[str, Any]()
    try:
        for block in blocks(page, "python"):
            if "localhost:7860" in block:
                settings = Settings(runs=str(desk / "runs"))
                demo = build(settings)
                address = serve(demo, settings, server_name="127.0.0.1", quiet=True)
                block = block.replace("http://localhost:7860", address)
            exec(compile(block.replace("minutes=30", SHORT), f"{page.name}:{block[:40]!r}", "exec"), names)
    finally:
        if demo is not None:
            demo.close()
    if page.name == "README.md":
        assert Image.open(desk / "emoji.png").size == (64, 64)


def anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere() -> None:
    broken = []
    for page in WITH_LINKS:
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", text):
            target, _, anchor = "".join(link).partition("#")
            if target.startswith(("http:", "https:")):
                continue
            path = (page.parent / target).resolve() if target else page
            if not path.exists() or (anchor and anchor not in anchors(path)):
                broken.append(f"{page.relative_to(ROOT)}: {''.join(link)}")
    assert not broken, "\n".join(broken)


def test_the_readme_is_short_and_its_pictures_are_small() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 180
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs" / "images").iterdir()}
    assert {"draw-light.webp", "draw-dark.webp", "drawing.webp"} <= sizes.keys()
    assert all(size < (500_000 if name == "drawing.webp" else 150_000) for name, size in sizes.items())
    with Image.open(ROOT / "docs" / "images" / "drawing.webp") as animation:
        assert animation.n_frames > 20
