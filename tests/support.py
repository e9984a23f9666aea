"""Generated pictures, data sets, models and configurations for the tests; nothing here is a photo."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor, nn

from pix2pix.checkpoint import ModelConfig, save_checkpoint
from pix2pix.discriminator import DiscriminatorSpec, PatchDiscriminator
from pix2pix.generator import Generator, GeneratorSpec, UNetGenerator, build_generator
from pix2pix.inputs import InputKind
from pix2pix.norm import BatchNorm
from pix2pix.palette import Palette
from train.config import TrainConfig
from train.measures.perceptual import Network
from train.presets import from_preset


def assert_one_sentence(message: object) -> None:
    """A message for a person: one line, one sentence, long enough to say what to do."""
    text = str(message)
    assert len(text) > 20, text
    assert "\n" not in text, text
    assert text.endswith("."), text
    assert not re.search(r"[.!?] [A-Z]", text), f"more than one sentence: {text}"
    assert "Traceback" not in text and "Error(" not in text, text


def shape_pair(seed: int, size: int = 64) -> tuple[Image.Image, Image.Image]:
    """(edges, photo): the 1-pixel outline of a shape with some inner lines, and the shape filled on white."""
    rng = np.random.default_rng([seed, 7])
    edges, photo = (Image.new("RGB", (size, size), "white") for _ in range(2))
    margin = [int(v) for v in rng.integers(max(size // 16, 1), max(size // 5, 2), 4)]
    left, top, right, bottom = margin[0], margin[1], size - 1 - margin[2], size - 1 - margin[3]
    colour = tuple(int(v) for v in rng.integers(20, 200, 3))
    kind = ("ellipse", "rectangle", "triangle")[int(rng.integers(3))]
    triangle = [((left + right) // 2, top), (right, bottom), (left, bottom)]
    for image, style in ((edges, {"outline": "black"}), (photo, {"fill": colour})):
        draw = ImageDraw.Draw(image)
        if kind == "triangle":
            draw.polygon(triangle, **style)
        else:
            getattr(draw, kind)((left, top, right, bottom), **style)
    middle = (top + 2 * bottom) // 3
    ImageDraw.Draw(edges).line((size // 2 - size // 8, middle, size // 2 + size // 8, middle), fill="black")
    return edges, photo


LABELS = ((0, 0, 222), (255, 80, 0), (0, 207, 255))  # ground, box, band


def label_pair(seed: int, size: int = 64) -> tuple[Image.Image, Image.Image]:
    """(labels, photo): a box and a band on a ground; in the photo each class has its own texture."""
    rng = np.random.default_rng([seed, 11])
    labels = Image.new("RGB", (size, size), LABELS[0])
    draw, margin = ImageDraw.Draw(labels), [int(v) for v in rng.integers(size // 8, size // 3, 2)]
    draw.rectangle((margin[0], margin[1], size - margin[0], size - size // 4), fill=LABELS[1])
    top = int(rng.integers(size // 2, size - size // 4))
    draw.rectangle((0, top, size, top + size // 8), fill=LABELS[2])
    pixels, y = np.asarray(labels), np.arange(size)[:, None, None]
    photo = np.zeros((size, size, 3)) + 60 + rng.normal(0, 8, (size, size, 3))
    for colour, bright in ((LABELS[1], 120 + 60 * (y // 2 % 2)), (LABELS[2], 235 + 0 * y)):
        photo = np.where((pixels == colour).all(axis=2, keepdims=True), bright, photo)
    return labels, Image.fromarray(photo.clip(0, 255).astype(np.uint8))


def deep_colours(values: np.ndarray, kind: str = "tif") -> bytes:
    """(H, W, 3) uint16 as a file: "tif", "big.tif" in the other order of bytes, "png", "rgba.png"."""
    height, width, _ = values.shape
    if kind.endswith("png"):
        if kind == "rgba.png":
            values = np.dstack([values, np.full((height, width), 65535, np.uint16)])
        rows = b"".join(b"\0" + row.tobytes() for row in values.astype(">u2"))
        header = struct.pack(">IIBBBBB", width, height, 16, 6 if kind == "rgba.png" else 2, 0, 0, 0)
        parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
        chunks = (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in parts
        )
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
    order = ">" if kind == "big.tif" else "<"
    data = values.astype(f"{order}u2").tobytes()
    tags = {256: (width,), 257: (height,), 258: (16, 16, 16), 259: (1,), 262: (2,), 273: (14,), 277: (3,)}
    tags |= {278: (height,), 279: (len(data),)}
    entries = b""
    for tag, numbers in tags.items():
        place = 14 + len(data) + 2 + 12 * len(tags) + 4
        value = struct.pack(f"{order}I", place if len(numbers) > 1 else numbers[0])
        entries += struct.pack(f"{order}HHI", tag, 3 if len(numbers) > 1 else 4, len(numbers)) + value
    head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}I", 14 + len(data))
    count = struct.pack(f"{order}H", len(tags))
    return head + bytes(6) + data + count + entries + bytes(4) + struct.pack(f"{order}3H", 16, 16, 16)


def tiff_of_bands(bands: int, bits: int = 8, apart: bool = False, packed: bool = False) -> bytes:
    """A TIFF as satellites' are, 5 by 4 pixels: bands without a meaning, each of one value, 10, 30, 50, …

    apart: one band after the other; packed: compressed.
    """
    width, height = 5, 4
    values = np.zeros((height, width, bands), "<u2" if bits == 16 else "u1")
    values[:] = (10 + 20 * np.arange(bands)) * (257 if bits == 16 else 1)
    strips = [np.ascontiguousarray(values[..., b]).tobytes() for b in range(bands)]
    strips = strips if apart else [values.tobytes()]
    strips = [zlib.compress(strip) for strip in strips] if packed else strips
    begins = [8 + sum(map(len, strips[:n])) for n in range(len(strips))]
    tags: dict[int, tuple[str, list[int]]] = {
        256: ("H", [width]),
        257: ("H", [height]),
        258: ("H", [bits] * bands),
        259: ("H", [8 if packed else 1]),
        262: ("H", [1]),
        273: ("I", begins),
        277: ("H", [bands]),
        278: ("H", [height]),
        279: ("I", [len(strip) for strip in strips]),
        284: ("H", [1 + apart]),
    }
    data = b"II*\0" + struct.pack("<I", 8 + sum(map(len, strips))) + b"".join(strips)
    entries, more = struct.pack("<H", len(tags)), b""
    for tag, (kind, numbers) in tags.items():
        value = struct.pack(f"<{len(numbers)}{kind}", *numbers)
        if len(value) > 4:
            place = struct.pack("<I", len(data) + 2 + 12 * len(tags) + 4 + len(more))
            value, more = place, more + value
        entries += struct.pack("<HHI", tag, 3 if kind == "H" else 4, len(numbers)) + value.ljust(4, b"\0")
    return data + entries + bytes(4) + more


def as_jpeg(image: Image.Image, quality: int = 75) -> Image.Image:
    """What is left of a picture after it was saved as a JPEG."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def boxes(colours: list[tuple[int, int, int]], seed: int, size: int = 96) -> Image.Image:
    """Labels: two boxes of each other colour on the first one."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (size, size), colours[0])
    for colour in (*colours[1:], *colours[1:]):
        x, y = (int(v) for v in rng.integers(0, size - 24, 2))
        ImageDraw.Draw(image).rectangle((x, y, x + 20, y + 14), fill=colour)
    return image


def write_labels(folder: Path, train: int, val: int, size: int = 32) -> Path:
    """Write a data set of labels | photo and return it."""
    for split, numbers in (("train", range(train)), ("val", range(1000, 1000 + val))):
        (folder / split).mkdir(parents=True, exist_ok=True)
        for n in numbers:
            side_by_side(*label_pair(n, size)).save(folder / split / f"{n:04d}.png")
    return folder


def side_by_side(a: Image.Image, b: Image.Image) -> Image.Image:
    """A on the left, B on the right."""
    both = Image.new("RGB", (a.width + b.width, a.height))
    both.paste(a, (0, 0))
    both.paste(b, (a.width, 0))
    return both


def write_side_by_side(
    folder: Path, count: int, size: int = 32, first: int = 0, suffix: str = ".png"
) -> list[Path]:
    """Write pairs as single files, A | B."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{n:04d}{suffix}" for n in range(first, first + count)]
    for n, path in enumerate(paths, start=first):
        side_by_side(*shape_pair(n, size)).save(path)
    return paths


def write_two_folders(folder: Path, count: int, size: int = 32, first: int = 0) -> None:
    """Write pairs as two files of the same name in folders A and B."""
    for n in range(first, first + count):
        for name, image in zip("AB", shape_pair(n, size), strict=True):
            (folder / name).mkdir(parents=True, exist_ok=True)
            image.save(folder / name / f"{n:04d}.png")


def noise_picture(width: int, height: int, seed: int = 0) -> Image.Image:
    """Random RGB pixels."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def noise_tensor(seed: int, count: int = 2, size: int = 16) -> Tensor:
    """(count, 3, size, size) uniform noise in [-1, 1]."""
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def randomise_norms(network: nn.Module, seed: int = 0) -> None:
    """Give batch norms scales, shifts and running statistics as after some training."""
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, BatchNorm):
                size = layer.weight.shape
                layer.weight.copy_(0.5 + torch.rand(size, generator=rng))
                layer.bias.copy_(torch.randn(size, generator=rng) * 0.3)
                layer.running_mean.copy_(torch.randn(size, generator=rng) * 0.1)
                layer.running_var.copy_(0.2 + torch.rand(size, generator=rng))


def tiny_generator(seed: int = 0, weight_scale: float = 5.0, **spec: Any) -> Generator:
    """A 32x32 generator of width 2, a U-Net unless told otherwise, in evaluation mode.

    Larger weights than the initial ones give contrast.
    """
    torch.manual_seed(seed)
    network = build_generator(GeneratorSpec(**{"width": 2, "image_size": 32, **spec}))
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                layer.weight.mul_(weight_scale)
    randomise_norms(network, seed)
    return network.eval()


def identity_generator() -> UNetGenerator:
    """A U-Net whose output is tanh(x), exactly and at every pixel: any shift or seam would show.

    The first layer moves each 2x2 block of pixels into channels, once as it is and once negated, because
    only positive values pass the ReLU; the last layer puts them back. The rest of the network is ignored.
    """
    network = UNetGenerator(GeneratorSpec(width=24, image_size=16, norm="none", dropout=0.0))
    down, last = network.down[0], network.last
    assert isinstance(last, nn.ConvTranspose2d)
    with torch.no_grad():
        for tensor in (down.weight, down.bias, last.weight, last.bias):
            tensor.zero_()
        for channel in range(24):
            sign = 1.0 if channel < 12 else -1.0
            colour, cell = divmod(channel % 12, 4)
            y, x = divmod(cell, 2)
            # Kernel 4, stride 2, padding 1: taps 1 and 2 are the block itself, in both directions.
            down.weight[channel, colour, y + 1, x + 1] = sign
            last.weight[channel, colour, y + 1, x + 1] = sign
    return network.eval()


def model_config(generator: GeneratorSpec, **changes: Any) -> ModelConfig:
    """A configuration that goes with a generator, with a tiny discriminator."""
    values = {"name": "tiny", "discriminator": DiscriminatorSpec(receptive_field=16, width=2), **changes}
    return ModelConfig(generator=generator, **values)


def make_checkpoint(
    folder: Path, generator: Generator | None = None, input: InputKind = "edges", **changes: Any
) -> Path:
    """Write a checkpoint folder of an untrained model and return it."""
    generator = generator or tiny_generator()
    config = model_config(generator.spec, input=input, **changes)
    discriminator = PatchDiscriminator(config.discriminator)
    save_checkpoint(
        folder, config, generator.state_dict(), discriminator.state_dict(), card="# A model for tests\n"
    )
    return folder


FACADE = Palette(
    ((0, 48, 255), (0, 0, 222), (0, 128, 255), (174, 0, 0)), ("facade", "background", "window", "shop")
)


def make_label_checkpoint(folder: Path, image_size: int = 32, **changes: Any) -> Path:
    """Write a checkpoint folder of an untrained label model with the palette ``FACADE`` and return it."""
    generator = tiny_generator(width=4, image_size=image_size)
    return make_checkpoint(folder, generator, "labels", palette=FACADE, name="tiny labels", **changes)


def train_config(data: Path | tuple[Path, ...], out: Path, **changes: Any) -> TrainConfig:
    """A training run of seconds: 32x32, widths 4, on the CPU, in this process."""
    folders = data if isinstance(data, tuple) else (data,)
    values: dict[str, Any] = {
        "data": tuple(map(str, folders)),
        "out": str(out),
        "steps": 4,
        "input": "edges",
        "image_size": 32,
        "load_size": 36,
        "width": 4,
        "discriminator_width": 4,
        "receptive_field": 16,
        "batch_size": 2,
        "quarters": 0.0,
        "shift": 0.0,
        "even_phases": False,
        "lambda_l1": 100.0,
        "lambda_gan": 1.0,
        "lambda_features": 0.0,
        "lambda_feature_gan": 0.0,
        "workers": 0,
        "device": "cpu",
        "precision": "float32",
        "sample_every": 1e6,
        "save_every": 1e6,
    }
    return from_preset("quick", **{**values, **changes})


def judging_network() -> Network:
    """The judge's network with random weights that keep the signal alive through all layers."""
    torch.manual_seed(0)
    network = Network()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            elif isinstance(module, nn.BatchNorm2d):
                module.bias.uniform_(-0.2, 0.5)
    return network


def assert_same_tensors(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> None:
    """Equal to the last bit, name by name."""
    assert ours.keys() == theirs.keys()
    different = [name for name in ours if not torch.equal(ours[name], theirs[name])]
    assert not different, f"{len(different)} of {len(ours)} differ, such as {different[:3]}"


# A trainer that starts at once, holds its run's lock and stops when asked, for `train.runs.jobs.TRAINER`.
STAND_IN = """
import json, os, signal, sys, time
from pathlib import Path
from train.runs.lock import locked

out = Path(next(word for word in sys.argv if word.startswith("--out=")).removeprefix("--out="))
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

def status(state):
    (out / "new").write_text(json.dumps({"state": state, "pid": os.getpid(), "step": 7, "diagnoses": []}))
    os.replace(out / "new", out / "status.json")

with locked(out):
    status("running")
    born = {"threads": os.environ.get("OMP_NUM_THREADS"), "nice": os.getpriority(os.PRIO_PROCESS, 0)}
    born |= {"session": os.getsid(0), "input": sys.stdin.read()}
    (out / "config.json").write_text(json.dumps(born))
    while not asked:
        time.sleep(0.01)
    status("stopped")
"""
