"""The FCN-score: a segmenter of real photos judges generated ones (Isola et al. 2017, section 4.1).

If a photo made from labels is good, a network that learned to read labels off real photos finds those labels
in it. The paper uses an FCN-8s trained on Cityscapes; here it is a small U-Net that learns the data set's own
training photos in a few minutes on a CPU. So the scores can be compared with each other and with those of the
true photos, which are the ceiling, but not with the paper's.

Shapes: N batch, S side of the square that the segmenter sees, K classes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from pix2pix.checkpoint import Direction
from pix2pix.files import cache_folder, write_with
from pix2pix.palette import Palette
from pix2pix.tensors import save_tensors
from train.config import TrainConfig
from train.pairs import Pair, validation_batch
from train.palette import palette_of

MOST_PAIRS = 1000  # that a segmenter learns from, evenly chosen
Progress = Callable[[float], None]


@dataclass(frozen=True)
class SegmenterRecipe:
    """How a segmenter is made; a change of any field makes a new one.

    size: side in pixels of the square it sees.
    width: channels of its first level; depth: how often it halves them.
    """

    size: int = 128
    width: int = 16
    depth: int = 4
    steps: int = 1000
    batch_size: int = 8
    learning_rate: float = 1e-2
    seed: int = 0
    version: int = 1  # of the code in this file


class Segmenter(nn.Module):
    """A U-Net that gives each pixel a score for each class: (N, 3, S, S) in [-1, 1] -> (N, K, S, S).

    Its first level works on 2x2 blocks of pixels, which costs a quarter of the time; S is even.
    """

    def __init__(self, classes: int, width: int = 16, depth: int = 4):
        super().__init__()
        channels = [width * 2**level for level in range(depth + 1)]
        self.down = nn.ModuleList(
            _block(before, after) for before, after in zip([12, *channels], channels, strict=False)
        )
        self.up = nn.ModuleList(
            _block(deep + shallow, shallow)
            for deep, shallow in zip(channels[:0:-1], channels[-2::-1], strict=True)
        )
        self.last = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, S, S) -> (N, K, S, S) scores."""
        size = x.shape[2:]
        x = F.pixel_unshuffle(x, 2)
        levels: list[Tensor] = []
        for block in self.down:
            x = block(x if not levels else F.max_pool2d(x, 2, ceil_mode=True))
            levels.append(x)
        for block, skip in zip(self.up, levels[-2::-1], strict=True):
            x = block(torch.cat([F.interpolate(x, size=skip.shape[2:]), skip], dim=1))
        return F.interpolate(self.last(x), size=size, mode="bilinear")


def _block(before: int, after: int) -> nn.Sequential:
    """Two convolutions; batch norm learned faster here than group norm."""
    layers: list[nn.Module] = []
    for channels in (before, after):
        layers += [
            nn.Conv2d(channels, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


@dataclass
class Judge:
    """A trained segmenter and the classes it tells apart."""

    network: Segmenter
    palette: Palette
    recipe: SegmenterRecipe

    @torch.no_grad()
    def confusion(self, photos: Tensor, classes: Tensor) -> Tensor:
        """(K, K) pixel counts, true class by found class.

        Args:
            photos: (N, 3, H, W) in [-1, 1], scaled to the segmenter's size where that differs.
            classes: (N, S, S) true classes.
        """
        size, count = self.recipe.size, len(self.palette)
        if photos.shape[2:] != (size, size):
            photos = F.interpolate(photos, (size, size), mode="bicubic", antialias=True).clamp(-1, 1)
        found = torch.cat([self.network(part).argmax(1) for part in photos.split(8)])
        index = classes.long().flatten() * count + found.flatten()
        return torch.bincount(index, minlength=count * count).view(count, count)

    def classes(self, pairs: Sequence[Pair], direction: Direction) -> Tensor:
        """(N, S, S) true classes of the pairs' inputs."""
        return _classes(pairs, direction, self.palette, self.recipe.size)


def fcn_scores(confusion: Tensor) -> dict[str, float]:
    """Per-pixel accuracy, per-class accuracy and class IoU (Long et al. 2015, section 5), 0 to 1.

    The two means are over the classes that occur in the truth.
    """
    counts = confusion.double()
    true, found, right = counts.sum(1), counts.sum(0), counts.diagonal()
    occurs = true > 0
    return {
        "pixel_accuracy": float(right.sum() / true.sum()),
        "class_accuracy": float((right / true)[occurs].mean()),
        "class_iou": float((right / (true + found - right))[occurs].mean()),
    }


def class_ious(confusion: Tensor) -> list[float | None]:
    """IoU of each class, 0 to 1; None for one that does not occur in the truth."""
    counts = confusion.double()
    true, found, right = counts.sum(1), counts.sum(0), counts.diagonal()
    return [float(r / (t + f - r)) if t > 0 else None for t, f, r in zip(true, found, right, strict=True)]


def find_judge(
    pairs: Sequence[Pair],
    direction: Direction,
    recipe: SegmenterRecipe | None = None,
    *,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Judge:
    """The segmenter of a data set of labels: from the cache where it was made before, else trained now.

    Args:
        pairs: of the training split; inputs are labels, targets are photos.
        cache: a folder; ours in the user's cache folder by default.
        progress: told the part of the training that is done, 0 to 1; never called when nothing is trained.

    Raises:
        DataError: the inputs are not flat labels.
    """
    recipe = recipe or SegmenterRecipe()
    chosen = pairs[:: -(-len(pairs) // MOST_PAIRS)]
    palette = palette_of(chosen, direction)
    classes = _classes(chosen, direction, palette, recipe.size)
    photos = _photos(chosen, direction, recipe.size)
    path = (cache or cache_folder() / "segmenters") / f"{_fingerprint(photos, classes, recipe)}.safetensors"
    with torch.random.fork_rng(devices=[]):
        network = Segmenter(len(palette), recipe.width, recipe.depth)
    if not _load(network, path):
        train_segmenter(network, photos, classes, recipe, progress)
        _save(network, path, recipe, palette)
    # The same layout in memory, trained or read: another one rounds differently.
    network.to(memory_format=torch.channels_last)
    return Judge(network.eval().requires_grad_(False), palette, recipe)


def train_segmenter(
    network: Segmenter,
    photos: Tensor,
    classes: Tensor,
    recipe: SegmenterRecipe,
    progress: Progress | None = None,
) -> None:
    """Train from random weights, the same ones for the same seed; the caller's random state is left alone.

    Args:
        photos: (N, 3, S, S) uint8. classes: (N, S, S) uint8.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.BatchNorm2d)):
                module.reset_parameters()
        network.train().requires_grad_(True).to(memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=0.02)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, recipe.learning_rate, total_steps=recipe.steps, pct_start=0.2
        )
        weights = _class_weights(classes, network.last.out_channels)
        for step in range(recipe.steps):
            batch = torch.randint(len(photos), (recipe.batch_size,))
            x, y = _augmented(photos[batch], classes[batch])
            loss = F.cross_entropy(network(x), y, weights)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            if progress:
                progress((step + 1) / recipe.steps)


def _class_weights(classes: Tensor, count: int) -> Tensor:
    """(K,) weights that fall with the square root of how common a class is: small parts are learned too."""
    counts = torch.bincount(classes.flatten().long(), minlength=count).double().clamp_min(1)
    weights = (counts.sum() / counts).sqrt().clamp_max(50)
    return (weights / (weights * counts).sum() * counts.sum()).float()


def _augmented(photos: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    """Float photos and classes, mirrored, enlarged up to 1.3 times, in other light, per presentation."""
    x = photos.float().div(127.5).sub(1)
    n = len(x)
    mirror = torch.randint(2, (n,)).mul(2).sub(1).float()
    zoom = 1 / (1 + 0.3 * torch.rand(n))
    shift = (torch.rand(n, 2) * 2 - 1) * (1 - zoom)[:, None]
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1], theta[:, :, 2] = zoom * mirror, zoom, shift
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="border", align_corners=False)
    y = classes[:, None].float()
    y = F.grid_sample(y, grid, mode="nearest", padding_mode="border", align_corners=False)
    gain = 1 + 0.2 * (torch.rand(n, 3, 1, 1) * 2 - 1)
    return (x * gain + 0.2 * (torch.rand(n, 1, 1, 1) * 2 - 1)), y[:, 0].long()


def _classes(pairs: Sequence[Pair], direction: Direction, palette: Palette, size: int) -> Tensor:
    maps = [palette.classes(pair.load(direction)[0], (size, size)) for pair in pairs]
    return torch.stack([torch.from_numpy(each) for each in maps])


def _photos(pairs: Sequence[Pair], direction: Direction, size: int) -> Tensor:
    config = TrainConfig(direction=direction, image_size=size, load_size=size)
    return torch.cat([validation_batch([pair], config)[1] for pair in pairs])


def _fingerprint(photos: Tensor, classes: Tensor, recipe: SegmenterRecipe) -> str:
    """Changes with any pixel that the segmenter learns from and with any part of its recipe."""
    digest = hashlib.sha256(json.dumps(asdict(recipe)).encode())
    for tensor in (photos, classes):
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:32]


def _load(network: Segmenter, path: Path) -> bool:
    """Whether the cache has it; a damaged file counts as none and is replaced."""
    try:
        with safe_open(path, framework="pt") as file:
            network.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    except (OSError, SafetensorError, RuntimeError):
        return False
    return True


def _save(network: Segmenter, path: Path, recipe: SegmenterRecipe, palette: Palette) -> None:
    """Keep it for the next time; a cache that cannot be written costs time and nothing else."""
    tensors = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    metadata = {"recipe": json.dumps(asdict(recipe)), "palette": json.dumps(asdict(palette))}
    try:
        write_with(path, lambda temporary: save_tensors(tensors, temporary, metadata))
    except (OSError, SafetensorError):
        return
