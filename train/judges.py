"""Judges of whole sets of answers, beside the per-picture metrics: the FCN-score, and FID and KID.

Shapes: N batch, H height, W width; pictures are (N, 3, H, W) in [-1, 1].
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from pix2pix.checkpoint import Direction
from train.pairs import Pair
from train.segmenter import Judge, class_ious, fcn_scores

TRUTH = "ground_truth"  # the row of the true photos themselves
MOST_TOGETHER = 100  # pictures in one of KID's subsets, at most
Numbers = dict[str, dict[str, Any]]


class SetJudge(Protocol):
    """Looks at all answers of a set, a chunk at a time, and then says what it thinks of each answerer."""

    def add(self, who: str, answer: Tensor, target: Tensor, pairs: Sequence[Pair]) -> None:
        """Look at one chunk: (N, 3, H, W) answers by ``who`` to the inputs of N pairs."""

    def rows(self) -> Numbers:
        """Numbers by answerer, to be added to those of the per-picture metrics."""

    def notes(self) -> dict[str, Any]:
        """What belongs to no answerer, by name."""


class FCNJudge:
    """The FCN-score of every answerer, and of the true photos as the ceiling."""

    def __init__(self, judge: Judge, direction: Direction):
        self.judge = judge
        self.direction = direction
        self.counts: dict[str, Tensor] = {}
        self._truth: tuple[Sequence[Pair], Tensor] = ((), torch.empty(0))

    def add(self, who: str, answer: Tensor, target: Tensor, pairs: Sequence[Pair]) -> None:
        """See :class:`SetJudge`."""
        if self._truth[0] is not pairs:
            self._truth = (pairs, self.judge.classes(pairs, self.direction))
            self._count(TRUTH, target)
        self._count(who, answer)

    def _count(self, who: str, photos: Tensor) -> None:
        counts = self.judge.confusion(photos.float().cpu(), self._truth[1])
        self.counts[who] = self.counts.get(who, torch.zeros_like(counts)) + counts

    def rows(self) -> Numbers:
        """``pixel_accuracy``, ``class_accuracy`` and ``class_iou``, each 0 to 1."""
        return {who: _rounded(fcn_scores(counts)) for who, counts in self.counts.items()}

    def notes(self) -> dict[str, Any]:
        """``fcn``: the classes' own IoU, and how the segmenter was made."""
        ious = {
            name: {
                who: None if (iou := class_ious(counts)[index]) is None else round(iou, 5)
                for who, counts in self.counts.items()
                if who in ("model", TRUTH)
            }
            for index, name in enumerate(self.judge.palette.names)
        }
        recipe = self.judge.recipe
        return {"fcn": {"size": recipe.size, "steps": recipe.steps, "seed": recipe.seed, "classes": ious}}


class DistributionJudge:
    """FID (Heusel et al. 2017) and KID (Binkowski et al. 2018) of every answerer, through torchmetrics.

    With fewer pictures than a few thousand FID is biased upwards: compare only sets of the same size. KID is
    not biased; its mean and deviation are over random subsets.
    """

    def __init__(self, seed: int, extractor: nn.Module | None = None):
        """
        Args:
            extractor: (N, 3, H, W) uint8 -> (N, F) features; FID's Inception network by default.
        """
        self.seed = seed
        self.metrics: dict[str, tuple[Any, Any]] = {}
        self.count: dict[str, int] = {}
        self.missing = ""
        self._truth: tuple[Sequence[Pair], Tensor] = ((), torch.empty(0))
        try:
            self.extractor = extractor or _inception()
            self._metrics(2)
        except ImportError:
            self.missing = "torchmetrics with torch-fidelity is not installed (pip install -e '.[metrics]')"
        except (OSError, RuntimeError) as error:  # no network, or a broken download
            self.missing = f"the weights of the Inception network cannot be fetched ({error})"

    @staticmethod
    def _metrics(features: int) -> tuple[Any, Any]:
        from torchmetrics.image.fid import FrechetInceptionDistance
        from torchmetrics.image.kid import KernelInceptionDistance

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the memory that KID takes
            return FrechetInceptionDistance(_Given(features)), KernelInceptionDistance(_Given(features))

    @torch.no_grad()
    def add(self, who: str, answer: Tensor, target: Tensor, pairs: Sequence[Pair]) -> None:
        """See :class:`SetJudge`."""
        if self.missing:
            return
        if self._truth[0] is not pairs:
            self._truth = (pairs, self.extractor(_to_uint8(target)))
        real, fake = self._truth[1], self.extractor(_to_uint8(answer))
        if who not in self.metrics:
            self.metrics[who], self.count[who] = self._metrics(fake.shape[1]), 0
        for metric in self.metrics[who]:
            metric.update(real, real=True)
            metric.update(fake, real=False)
        self.count[who] += len(answer)

    def rows(self) -> Numbers:
        """``fid``, ``kid`` and ``kid_std``: lower is nearer to real; empty where they are missing."""
        if self.missing:
            return {}
        found: Numbers = {}
        for who, (fid, kid) in self.metrics.items():
            count = self.count[who]
            if count < 2:
                continue
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.seed)
                # A subset of all the pictures is the same one every time: half of a small set.
                kid.subset_size = min(MOST_TOGETHER, max(count // 2, 2))
                mean, deviation = kid.compute()
                row = {"fid": float(fid.compute()), "kid": float(mean), "kid_std": float(deviation)}
            found[who] = _rounded(row)
        return found

    def notes(self) -> dict[str, Any]:
        """``fid_missing``: why, where there are no numbers."""
        return {"fid_missing": {"why": self.missing}} if self.missing else {}


class _Given(nn.Module):
    """Passes features on that were computed once for both metrics."""

    def __init__(self, features: int):
        super().__init__()
        self.num_features = features

    def forward(self, x: Tensor) -> Tensor:
        return x


def _inception() -> nn.Module:
    from torchmetrics.image.fid import NoTrainInceptionV3

    return NoTrainInceptionV3(name="inception-v3-compat", features_list=["2048"])


def _to_uint8(images: Tensor) -> Tensor:
    return images.float().cpu().add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)


def _rounded(row: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in row.items()}
