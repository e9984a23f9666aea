"""Make a bundled model of a finished run: measured, with its card and a preview of drawn examples.

    python -m recipes.bundle runs/edges2photo checkpoints/edges2photo DATA [DATA ...]

The card's hand-written part is ``recipes/cards/<name>.md``. The preview shows drawings made for this
project (facades for labels; for photos what labels2facade makes of those) and the model's own outputs, never
a photo of the data.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from pix2pix.checkpoint import Checkpoint, ModelConfig, load_checkpoint, save_checkpoint
from pix2pix.facade import draw_facade
from pix2pix.translator import Translator
from pix2pix.zoo import find_model
from train.config import TrainConfig
from train.data.pairs import find_pairs
from train.data.strokes import Hand, Stroke, redraw
from train.measures.card import model_card
from train.measures.evaluate import evaluate_model
from train.measures.perceptual import find_judge

HERE = Path(__file__).resolve().parent
DRAWN = (1, 2, 4)  # seeds of drawn facades
EXAMPLES = HERE.parent / "pix2pix" / "ui" / "examples"
TERMS = {
    "day2night": "research use: CMP Facade Database (research use), webcam frames of the AMOS archive and of"
    " the TILDE set (academic use), shop photos and single scenes without stated terms",
    "labels2facade": "CMP Facade Database (Tylecek and Sara 2013): research use",
    "edges2emoji": "MIT: trained on Fluent Emoji, copyright (c) Microsoft Corporation",
    "edges2photo": "research use: trained on images whose own terms allow research or academic use only",
}


def example_drawing(path: Path, size: int = 256) -> Image.Image:
    """One of the app's example drawings as the canvas shows it: colour dabs below black lines."""
    page = Image.new("RGB", (size, size), "white")
    strokes = json.loads(path.read_text(encoding="utf-8"))["strokes"]
    for stroke in strokes:
        if stroke["tool"] == "dab":
            r, brush = stroke["width"] / 2, ImageDraw.Draw(page)
            for x, y in _points(stroke):
                brush.ellipse((x - r, y - r, x + r, y + r), fill=stroke["color"])
    for stroke in strokes:
        if stroke["tool"] == "pen":
            hand = Hand(width=stroke["width"], smooth=False, spacing=1.5)
            ink = redraw([_points(stroke)], hand, (size, size), np.random.default_rng(0))
            page = ImageChops.multiply(page, ink.convert("RGB"))
    return page


def _points(stroke: dict[str, Any]) -> Stroke:
    """(n, 2) in pixels from the centre of the first one; the canvas counts from its edge."""
    return np.array(stroke["points"], dtype=np.float32).reshape(-1, 2) - 0.5


def drawings_for(model: ModelConfig, name: str) -> list[Image.Image]:
    """What the preview of a model, which will have that name, shows it translating."""
    if model.input == "labels":
        return [draw_facade(seed, model.image_size) for seed in DRAWN]
    if model.input == "photo":
        fronts = Translator.load("labels2facade")
        return [fronts.translate(draw_facade(seed, model.image_size), seed=seed) for seed in DRAWN]
    examples = {path: json.loads(path.read_text("utf-8")) for path in sorted(EXAMPLES.glob("*.json"))}
    drawn = {path: example.get("model", "") for path, example in examples.items() if "kind" not in example}
    wanted = name if name in drawn.values() else ""
    return [example_drawing(path, model.image_size) for path, own in drawn.items() if own == wanted]


def preview(translator: Translator, drawings: Sequence[Image.Image]) -> bytes:
    """Drawings above, outputs of the first seeds below, as a JPEG."""
    side = translator.config.image_size
    sheet = Image.new("RGB", (side * len(drawings), 2 * side), "white")
    for column, drawing in enumerate(drawings):
        sheet.paste(drawing, (column * side, 0))
        sheet.paste(translator.translate(drawing, seed=column), (column * side, side))
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def save(
    checkpoint: Checkpoint,
    translator: Translator,
    output: Path,
    terms: str,
    metrics: dict[str, Any],
    card: str,
    drawings: Sequence[Image.Image],
) -> None:
    """Write a bundled model, called as its folder; ``card`` is the file of the card's hand-written part."""
    judged = checkpoint.config.gan_loss != "none"
    model = dataclasses.replace(
        checkpoint.config,
        name=output.name,
        discriminator=checkpoint.config.discriminator if judged else None,
        licence="mit" if terms.startswith("MIT") else "other",
        terms=terms,
        metrics=metrics,
    )
    save_checkpoint(
        output,
        model,
        checkpoint.generator.state_dict(),
        checkpoint.trained_discriminator().state_dict() if judged else None,
        model_card(model, (HERE / "cards" / card).read_text(encoding="utf-8")),
        preview(translator, drawings),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, then write the checkpoint folder."""
    parser = argparse.ArgumentParser(description="Make a bundled model of a finished run.")
    parser.add_argument("run", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("data", nargs="+")
    options = parser.parse_args(arguments)
    checkpoint = load_checkpoint(find_model(options.run))
    translator = Translator(checkpoint.config, checkpoint.generator)
    config = TrainConfig.from_json({**checkpoint.config.recipe, "seed": 0}, resume=False)
    pairs = find_pairs(options.data, direction=config.direction, input=config.input)
    metrics = evaluate_model(translator, pairs, config, find_judge(print))
    name = options.output.name
    drawings = drawings_for(checkpoint.config, name)
    save(checkpoint, translator, options.output, TERMS.get(name, ""), metrics, f"{name}.md", drawings)
    print(json.dumps(metrics, indent=2))


if __name__ == "__main__":
    main()
