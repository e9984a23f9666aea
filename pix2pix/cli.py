"""The command line for using models: ``python -m pix2pix list | translate | edges | heatmap``."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tqdm import tqdm

from pix2pix.console import one_line, program, say
from pix2pix.errors import ImageError, Pix2PixError

if TYPE_CHECKING:
    from PIL.Image import Image

    from pix2pix.images import Span

SCALES = ("logit", "unit", "signed", "relative")  # pix2pix.critic.SCALES, without importing torch for --help


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it went well, 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(prog=program("pix2pix"), description="Use pix2pix models.")
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
        say(f"Error: {error}")
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
    from pix2pix.folders import LeftOut
    from pix2pix.hints import RGB
    from pix2pix.images import deep_values, open_image, stored_as
    from pix2pix.saving import save_image
    from pix2pix.translator import MAX_SEED, Translator

    if options.colour and not re.fullmatch(r"#?[0-9a-fA-F]{6}", options.colour):
        raise ConfigError("cli.bad_colour", colour=options.colour)
    if not 0 <= options.seed <= MAX_SEED:
        raise ConfigError("page.bad_seed", most=MAX_SEED)
    jobs, notes, errors = _jobs(options.input, options.output)
    translator = Translator.load(options.model, statistics=options.statistics)
    seed = None if options.no_noise else options.seed
    colour: RGB | Literal["seed"] = "seed"
    if options.colour:
        if not translator.config.generator.spread_hints:
            raise ConfigError("cli.no_colours", model=options.model)
        red, green, blue = bytes.fromhex(options.colour.lstrip("#"))
        colour = red, green, blue
    for error in errors:
        say(f"Error: {error}")
    kept = {file for path, _ in jobs if (file := _identity(path))}
    left_out = LeftOut(translator.config.spans[0])
    for source, target in tqdm(jobs, unit="picture", disable=len(jobs) < 2, file=sys.stderr):
        try:
            _refuse_to_replace(target, kept)
            picture, stored = open_image(source, span=translator.config.spans[0]), stored_as(source)
            try:
                answer = translator.translate(picture, seed=seed, colour=colour)
            except ImageError as error:
                raise ImageError("cli.of_file", file=source, error=error) from error
            save_image(answer, target)
            left_out.add(str(source), stored, deep_values(source) if stored.bits > 8 else None)
            if stored.size != picture.size:
                across, down = stored.size
                sentence = (
                    f"{source} has {across}x{down} pixels, and is read and written with {picture.width}x"
                    f"{picture.height}."
                )
                tqdm.write(one_line(sentence), file=sys.stderr)
            if written := _identity(target):
                kept.add(written)
        except ImageError as failed:  # one bad file must not stop a folder
            if not options.input.is_dir():
                raise
            errors.append(str(failed))
            tqdm.write(one_line(f"Error: {failed}"), file=sys.stderr)
    for sentence in (*notes, *left_out.sentences()):
        say(f"Note: {sentence}")
    return 1 if errors else 0


def _jobs(source: Path, target: Path) -> tuple[list[tuple[Path, Path]], list[str], list[str]]:
    """(input, output) files, what to say of other files, and what keeps folders from being read.

    A folder's pictures, and those of its sub-folders, become PNGs of the same names in the output folder.
    """
    from pix2pix.folders import OTHER_PICTURES, find_pictures, listed, result_paths

    if not os.path.exists(source):  # unlike Path's own, it answers also where a folder above is closed
        raise ImageError("cli.no_source", path=source)
    into_folder = os.path.isdir(target)
    if not os.path.isdir(source):
        return [(source, target / f"{source.stem}.png" if into_folder else target)], [], []
    if os.path.exists(target) and (not into_folder or os.path.samefile(source, target)):
        raise ImageError("cli.output_is_input", path=target)
    if into_folder and target.resolve().is_relative_to(source.resolve()) and find_pictures(target).pictures:
        raise ImageError("cli.output_in_input", path=target)
    found = find_pictures(source, apart=target)
    errors = [f"{path} cannot be opened ({why}): make it readable." for path, why in found.closed]
    unread = [str(path) for path in found.others if path.suffix.lower() in OTHER_PICTURES]
    if not found.pictures and not errors:
        raise ImageError(
            "cli.unread_pictures" if unread else "cli.no_pictures", folder=source, files=unread[:3]
        )
    notes = [f"Left out, because their format is not read: {listed(unread)}."] if unread else []
    results = result_paths(found.pictures, source, target)
    return list(zip(found.pictures, results, strict=True)), notes, errors


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from all others, whatever path leads to it; None where there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _refuse_to_replace(target: Path, kept: set[tuple[int, int]]) -> None:
    """Keep what is read, and on systems where A.png is a.png what was just written.

    Raises:
        ImageError: the target is one of these files.
    """
    if _identity(target) in kept:
        raise ImageError("cli.would_replace", path=target)


def _opened(path: Path, span: Span | None = None) -> Image:
    """A picture, and a note where not all that its file holds is used."""
    from pix2pix.folders import LeftOut
    from pix2pix.images import open_image, stored_as

    picture, left_out = open_image(path, span=span), LeftOut()
    left_out.add(str(path), stored_as(path))
    for sentence in left_out.sentences():
        say(f"Note: {sentence}")
    return picture


def _edges(options: argparse.Namespace) -> int:
    from pix2pix.edges import photo_to_edges
    from pix2pix.errors import ConfigError
    from pix2pix.saving import save_image

    if not 16 <= options.size <= 4096:
        raise ConfigError("cli.bad_size", size=options.size)
    if not 0 <= options.detail <= 1:
        raise ConfigError("edges.bad_detail", detail=options.detail)
    _refuse_to_replace(options.output, {file for file in [_identity(options.photo)] if file})
    photo = _opened(options.photo)
    save_image(photo_to_edges(photo, size=options.size, detail=options.detail), options.output)
    return 0


def _heatmap(options: argparse.Namespace) -> int:
    from pix2pix.critic import Critic
    from pix2pix.errors import ConfigError
    from pix2pix.heatmap import FAKE, REAL, outline, overlay, with_legend
    from pix2pix.saving import save_image

    if not 0 <= options.opacity <= 1:
        raise ConfigError("cli.bad_opacity", opacity=options.opacity)
    if not 0 <= options.patches <= 100:
        raise ConfigError("cli.bad_patches", patches=options.patches)
    if options.heat.resolve() in (options.input.resolve(), options.output.resolve()):
        raise ImageError("cli.heat_would_replace", path=options.heat)
    critic = Critic.load(options.model, scale=options.scale)
    spans = critic.config.spans
    condition, output = _opened(options.input, spans[0]), _opened(options.output, spans[1])
    judgement = critic.judge(condition, output)
    heat = overlay(output, judgement.map(), options.opacity)
    outline(heat, [patch.box for patch in judgement.patches(options.patches, "fake")], FAKE)
    outline(heat, [patch.box for patch in judgement.patches(options.patches, "real")], REAL)
    save_image(heat if options.no_legend else with_legend(heat), options.heat)
    if options.json:
        print(json.dumps(judgement.to_json(options.patches or 3), indent=2))
    return 0
