"""Is it night, and still the same photo? A model against one tone curve for all, on photos it has not seen.

    python -m benchmarks.night.night MODEL DATA [--photos FOLDER] [--nights FOLDER] [--sheet S.png] [--json]
    python -m benchmarks.night.night split DATA OUT --leave c03 c11

The first measures a model on the held-out pairs of DATA, and on a folder of day photos: structure, darkness,
sky, colour noise, patterns that repeat (`benchmarks.night.measures` has the formulas), and with `--nights`,
a folder of real nights, a discriminator that is trained afterwards (`benchmarks.night.judge`). Beside the
model stand a tone curve a channel, fitted to the training pairs (`benchmarks.night.tone_curve`), the day as
it is, and for pairs the true night. Photos are translated at their own size; measured is a copy of at most
384 pixels, for patterns the middle square at 256.

The second makes a data folder in which some cameras are held out and the others trained on, see
`benchmarks.night.data`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from benchmarks.night.data import split
from benchmarks.night.judge import JudgeRecipe, judge
from benchmarks.night.measures import grid, measures, painted, repetition
from benchmarks.night.tone_curve import apply_tone_curves, fit_tone_curves
from pix2pix.errors import DataError, Pix2PixError
from pix2pix.images import SUFFIXES, open_image, to_rgb, to_tensor
from pix2pix.saving import save_image
from pix2pix.translator import Translator
from train.data.pairs import Pair, find_pairs

SIDE, SQUARE = 384, 256
COLUMNS = (
    "structure",
    "darkness",
    "level",
    "dark",
    "colour_noise",
    "sky_darkness",
    "sky_blue",
    "sky_copied",
    "sky_good",
    "repetition",
    "grid",
    "auc",
    "accuracy",
)
SHARES = ("dark", "sky_good")  # of photos; the other numbers are medians
TRUE_NIGHT = "true night"
Answer = Callable[[Image.Image], Image.Image]
"""A day photo -> a night of the same size."""


@dataclass(frozen=True)
class Day:
    """A day photo by the name of its file, and its true night where it has one."""

    name: str
    photo: Image.Image
    night: Image.Image | None = None

    @property
    def camera(self) -> str:
        """What its name begins with: c03 of c03_07."""
        return self.name.rpartition("_")[0] or self.name


@dataclass(frozen=True)
class Shown:
    """One day with every answer's night; ``whole`` at most 384 pixels a side, ``square`` 256 by 256."""

    name: str
    camera: str
    whole: dict[str, Image.Image]
    square: dict[str, Image.Image]


def show(day: Day, answers: Mapping[str, Answer]) -> Shown:
    """Translate a photo at its own size, and its middle square; the day itself is named "day"."""
    square = _square(day.photo)
    whole = {"day": _small(day.photo), **{n: _small(answer(day.photo)) for n, answer in answers.items()}}
    squares = {"day": square, **{name: answer(square) for name, answer in answers.items()}}
    if day.night is not None:
        night = day.night.resize(day.photo.size)
        whole[TRUE_NIGHT], squares[TRUE_NIGHT] = _small(night), _square(night)
    return Shown(day.name, day.camera, whole, squares)


def compare(shown: Sequence[Shown]) -> dict[str, dict[str, float]]:
    """Every answer's numbers over all photos: medians, and for :data:`SHARES` the share of photos."""
    return {name: _numbers(shown, name) for name in shown[0].whole}


def _numbers(shown: Sequence[Shown], name: str) -> dict[str, float]:
    each = [measures(_unit(s.whole["day"]), _unit(s.whole[name])) for s in shown]
    numbers = {}
    for key in COLUMNS:
        values = [row[key] for row in each if key in row]
        if values:
            middle = statistics.fmean if key in SHARES else statistics.median
            numbers[key] = round(middle(values), 4)
    maps = [painted(_unit(s.square["day"]), _unit(s.square[name])) for s in shown]
    repeated = repetition(maps, [s.camera for s in shown])
    if repeated is not None:
        numbers["repetition"] = round(repeated, 4)
    return {**numbers, "grid": round(grid(maps), 4)}


def judge_all(
    shown: Sequence[Shown], nights: Sequence[Image.Image], seed: int, recipe: JudgeRecipe | None = None
) -> dict[str, dict[str, float]]:
    """Each answer's nights against real ones: the given ones, and the true nights of the pairs shown."""
    real = [*nights, *(s.whole[TRUE_NIGHT] for s in shown if TRUE_NIGHT in s.whole)]
    found = {}
    for name in (n for n in shown[0].whole if n != TRUE_NIGHT):
        told = judge(real, [s.whole[name] for s in shown], seed, recipe)
        if told is not None:
            found[name] = {key: round(value, 4) for key, value in told.items()}
    return found


def _small(image: Image.Image) -> Image.Image:
    small = to_rgb(image).copy()
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return small


def _square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return to_rgb(image).resize((SQUARE, SQUARE), box=(left, top, left + side, top + side))


def _unit(image: Image.Image) -> Any:
    return (to_tensor(image) + 1) / 2


# ---- pictures -------------------------------------------------------------------------------------


def held_out_days(pairs: Sequence[Pair]) -> Iterator[Day]:
    """The pairs, one after the other; A is the day."""
    for pair in pairs:
        yield Day(pair.name, *pair.load("AtoB"))


def photos_in(folder: Path) -> list[Path]:
    """A folder's pictures by name.

    Raises:
        DataError: there are none.
    """
    files = sorted(f for f in folder.glob("*") if f.suffix.lower() in SUFFIXES)
    if not files:
        raise DataError(f"The folder {folder} has no pictures: name one with photos.")
    return files


def sheet(shown: Sequence[Shown], rows: int = 12, width: int = 320) -> Image.Image:
    """A row a photo: the day, then every answer in the table's order."""
    chosen = [shown[i * len(shown) // min(rows, len(shown))] for i in range(min(rows, len(shown)))]
    strips = []
    for row in chosen:
        day = row.whole["day"]
        size = (width, max(round(width * day.height / day.width), 1))
        strips.append([picture.resize(size) for picture in row.whole.values()])
    page = Image.new(
        "RGB",
        (max(len(strip) for strip in strips) * (width + 4), sum(strip[0].height + 4 for strip in strips)),
        "grey",
    )
    top = 0
    for strip in strips:
        for column, picture in enumerate(strip):
            page.paste(picture, (column * (width + 4), top))
        top += strip[0].height + 4
    return page


# ---- the command ----------------------------------------------------------------------------------


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Everything that was asked for, as JSON values; writes the sheet."""
    pairs = find_pairs([options.data], check=False)
    if not pairs.val:
        raise DataError(f"The data {options.data} has no held-out pairs: add a val folder.")
    nights = [open_image(f) for f in photos_in(options.nights)] if options.nights else []
    curves = fit_tone_curves(pair.load("AtoB") for pair in pairs.train)
    translator = Translator.load(options.model)
    answers: dict[str, Answer] = {
        "model": lambda day: translator.translate(day, seed=options.seed),
        "tone curve": lambda day: apply_tone_curves(curves, day),
    }
    sources = {"held-out pairs": (len(pairs.val), held_out_days(pairs.val))}
    if options.photos:
        files = photos_in(options.photos)
        sources["photos"] = (len(files), (Day(file.stem, open_image(file)) for file in files))
    results: dict[str, Any] = {"model": str(options.model), "data": Path(options.data).name}
    pages = []
    for source, (count, days) in sources.items():
        shown = [show(day, answers) for day in tqdm(days, source, count, file=sys.stderr, leave=False)]
        numbers = compare(shown)
        for name, told in judge_all(shown, nights, options.seed).items() if nights else ():
            numbers[name].update(told)
        results[source] = {"count": len(shown), "answers": numbers}
        pages.append(sheet(shown))
    if options.sheet:
        save_image(_above(pages), options.sheet)
    return results


def _above(pages: Sequence[Image.Image]) -> Image.Image:
    whole = Image.new("RGB", (max(p.width for p in pages), sum(p.height for p in pages)), "grey")
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height
    return whole


def print_tables(results: dict[str, Any]) -> None:
    """A table a source; a line a number, a column an answer."""
    for source, found in ((k, v) for k, v in results.items() if isinstance(v, dict)):
        answers = found["answers"]
        print(f"{found['count']} {source:<16}" + "".join(f"{name:>14}" for name in answers))
        for key in (c for c in COLUMNS if any(c in row for row in answers.values())):
            cells = (f"{row[key]:>14.3f}" if key in row else f"{'-':>14}" for row in answers.values())
            print(f"{key:<{len(str(found['count'])) + 17}}" + "".join(cells))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0, or 1 after an error in one sentence."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _split(given[1:]) if given[:1] == ["split"] else _measure(given)
    except Pix2PixError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


def _measure(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.night.night",
        description=(__doc__ or "").splitlines()[0],
        epilog="python -m benchmarks.night.night split DATA OUT --leave CAMERA ... holds cameras out.",
    )
    parser.add_argument("model", metavar="MODEL", help="a bundled name, a folder, or hf://owner/name")
    parser.add_argument("data", metavar="DATA", help="pairs: A by day, B by night")
    parser.add_argument("--photos", type=Path, metavar="FOLDER", help="day photos from elsewhere")
    parser.add_argument("--nights", type=Path, metavar="FOLDER", help="real nights, for the discriminator")
    parser.add_argument("--sheet", type=Path, metavar="S.png", help="also save a sheet to look at")
    parser.add_argument("--seed", type=int, default=0, help="of the noise and the discriminator (default 0)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args(given)
    results = measure(options)
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        print_tables(results)
    return 0


def _split(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.night.night split",
        description="Hold cameras out, by links to the pictures.",
    )
    parser.add_argument("data", metavar="DATA", help="pairs whose names begin with their camera's, as c03_07")
    parser.add_argument("out", metavar="OUT", type=Path, help="the folder to make")
    parser.add_argument("--leave", nargs="+", required=True, metavar="CAMERA", help="such as c03 c11")
    parser.add_argument("--drop", nargs="+", default=[], metavar="CAMERA", help="not used at all")
    parser.add_argument("--cool", action="store_true", help="train on nights whose dark parts are blueish")
    options = parser.parse_args(given)
    train, val = split(options.data, options.out, options.leave, drop=options.drop, cool=options.cool)
    print(f"{train} pairs to train on and {val} held out, in {options.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
