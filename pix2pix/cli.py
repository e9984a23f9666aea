"""The command line for using models: ``python -m pix2pix list | translate | edges | heatmap``."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from pix2pix.errors import ImageError, Pix2PixError

SCALES = ("logit", "unit", "signed", "relative")  # pix2pix.critic.SCALES, without importing torch for --help


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it went well, 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(prog="python -m pix2pix", description="Use pix2pix models.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="the models known here")
    listing.set_defaults(run=_list)

    translate = commands.add_parser("translate", help="translate a picture, or every picture in a folder")
    translate.add_argument("model", metavar="MODEL", help="a bundled name, a folder, or hf://owner/name")
    translate.add_argument("input", metavar="IN", type=Path, help="a picture or a folder of pictures")
    translate.add_argument("output", metavar="OUT", type=Path, help="a picture or a folder")
    translate.add_argument("--seed", type=int, default=0, help="chooses the noise z (default 0)")
    translate.add_argument(
        "--colour", metavar="RRGGBB", help="drawings: the main colour, such as c81e1e (default: the seed's)"
    )
    translate.add_argument("--no-noise", action="store_true", help="switch dropout off")
    translate.add_argument("--statistics", choices=["image", "running"], help="the norms' moments")
    translate.set_defaults(run=_translate)

    edges = commands.add_parser("edges", help="photo -> the edge style that the models were trained on")
    edges.add_argument("photo", metavar="PHOTO", type=Path)
    edges.add_argument("output", metavar="OUT", type=Path)
    edges.add_argument("--size", type=int, default=256, help="side of the square in pixels (default 256)")
    edges.add_argument("--detail", type=float, default=0.5, help="how many lines, 0 to 1 (default 0.5)")
    edges.set_defaults(run=_edges)

    heatmap = commands.add_parser("heatmap", help="where a model's discriminator sees fake and real")
    heatmap.add_argument("model", metavar="MODEL", help="a bundled name, a folder, or hf://owner/name")
    heatmap.add_argument("input", metavar="INPUT", type=Path, help="what was translated")
    heatmap.add_argument("output", metavar="OUTPUT", type=Path, help="the translation, or a real photo")
    heatmap.add_argument("heat", metavar="HEAT.png", type=Path, help="the overlay to write")
    heatmap.add_argument("--opacity", type=float, default=0.6, help="of the colours, 0 to 1 (default 0.6)")
    heatmap.add_argument("--patches", type=int, default=0, help="outline this many of each extreme")
    heatmap.add_argument("--scale", choices=SCALES, help="what the scores mean (default: by the recipe)")
    heatmap.add_argument("--no-legend", action="store_true", help="keep the picture's size")
    heatmap.add_argument("--json", action="store_true", help="print the numbers as well")
    heatmap.set_defaults(run=_heatmap)

    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except Pix2PixError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


def _list(options: argparse.Namespace) -> int:
    from pix2pix.checkpoint import load_config
    from pix2pix.zoo import BUNDLED, available_models

    for name in available_models():
        model = load_config(BUNDLED / name)
        size = model.image_size
        print(f"{name:<20} {model.input} -> photo, {size}x{size}, {model.images_seen:,} images seen")
    return 0


def _translate(options: argparse.Namespace) -> int:
    from pix2pix.errors import ConfigError
    from pix2pix.hints import RGB
    from pix2pix.images import open_image, stored_as
    from pix2pix.saving import save_image
    from pix2pix.translator import Translator

    if not options.input.exists():
        raise ImageError(f"There is no picture or folder {options.input}: check the path.")
    if options.colour and not re.fullmatch(r"#?[0-9a-fA-F]{6}", options.colour):
        raise ConfigError(f"The colour '{options.colour}' must be six hexadecimal digits, such as c81e1e.")
    jobs = _jobs(options.input, options.output)
    translator = Translator.load(options.model, statistics=options.statistics)
    seed = None if options.no_noise else options.seed
    colour: RGB | Literal["seed"] = "seed"
    if options.colour:
        red, green, blue = bytes.fromhex(options.colour.lstrip("#"))
        colour = red, green, blue
    failed = 0
    for source, target in tqdm(jobs, unit="picture", disable=len(jobs) < 2, file=sys.stderr):
        try:
            picture = open_image(source, span=translator.config.spans[0])
            save_image(translator.translate(picture, seed=seed, colour=colour), target)
            if (size := stored_as(source).size) != picture.size:
                across, down = size
                tqdm.write(
                    f"{source} has {across}x{down} pixels, and is read and written with {picture.width}x"
                    f"{picture.height}.",
                    file=sys.stderr,
                )
        except ImageError as error:  # one bad file must not stop a folder
            if len(jobs) == 1:
                raise
            failed += 1
            tqdm.write(f"Error: {error}", file=sys.stderr)
    return 1 if failed else 0


def _jobs(source: Path, target: Path) -> list[tuple[Path, Path]]:
    """(input, output) files. A folder's pictures become PNGs of the same names in the output folder."""
    from pix2pix.images import READ_SUFFIXES

    if not source.is_dir():
        return [(source, target / f"{source.stem}.png" if target.is_dir() else target)]
    files = sorted(p for p in source.iterdir() if p.suffix.lower() in READ_SUFFIXES)
    if not files:
        raise ImageError(f"The folder {source} has no pictures: name another one.")
    if target.exists() and (not target.is_dir() or target.resolve() == source.resolve()):
        raise ImageError(f"The output {target} must be a folder other than the input's: name another one.")
    names = [f.stem if [g.stem for g in files].count(f.stem) == 1 else f.name for f in files]
    return [(file, target / f"{name}.png") for file, name in zip(files, names, strict=True)]


def _edges(options: argparse.Namespace) -> int:
    from pix2pix.edges import photo_to_edges
    from pix2pix.errors import ConfigError
    from pix2pix.images import open_image
    from pix2pix.saving import save_image

    if not 16 <= options.size <= 4096:
        raise ConfigError(f"The size {options.size} must be from 16 to 4096 pixels.")
    if not 0 <= options.detail <= 1:
        raise ConfigError(f"The detail {options.detail} must be from 0 to 1.")
    save_image(
        photo_to_edges(open_image(options.photo), size=options.size, detail=options.detail), options.output
    )
    return 0


def _heatmap(options: argparse.Namespace) -> int:
    from pix2pix.critic import Critic
    from pix2pix.errors import ConfigError
    from pix2pix.heatmap import FAKE, REAL, outline, overlay, with_legend
    from pix2pix.images import open_image
    from pix2pix.saving import save_image

    if not 0 <= options.opacity <= 1:
        raise ConfigError(f"The opacity {options.opacity} must be from 0 to 1.")
    if not 0 <= options.patches <= 100:
        raise ConfigError(f"The number of patches {options.patches} must be from 0 to 100.")
    if options.heat.resolve() in (options.input.resolve(), options.output.resolve()):
        raise ImageError(f"The heatmap {options.heat} would replace one of the pictures: name another file.")
    critic = Critic.load(options.model, scale=options.scale)
    files = (options.input, options.output)
    condition, output = (
        open_image(path, span=span) for path, span in zip(files, critic.config.spans, strict=True)
    )
    judgement = critic.judge(condition, output)
    heat = overlay(output, judgement.map(), options.opacity)
    outline(heat, [patch.box for patch in judgement.patches(options.patches, "fake")], FAKE)
    outline(heat, [patch.box for patch in judgement.patches(options.patches, "real")], REAL)
    save_image(heat if options.no_legend else with_legend(heat), options.heat)
    if options.json:
        print(json.dumps(judgement.to_json(options.patches or 3), indent=2))
    return 0
