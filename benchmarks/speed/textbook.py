"""The plain way, for comparison: float32, contiguous, default Adam, three separate discriminator passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from pix2pix.discriminator import DiscriminatorSpec, PatchDiscriminator
from pix2pix.generator import GeneratorSpec, UNetGenerator


def textbook_step(width: int, device: str = "cpu") -> Callable[[Tensor, Tensor], None]:
    """A training step as tutorials write it, on (N, 3, 256, 256) float32 pairs in [-1, 1]."""
    generator = UNetGenerator(GeneratorSpec(width=width)).to(device)
    discriminator = PatchDiscriminator(DiscriminatorSpec(width=width)).to(device)
    adam_g = torch.optim.Adam(generator.parameters(), 2e-4, (0.5, 0.999))
    adam_d = torch.optim.Adam(discriminator.parameters(), 2e-4, (0.5, 0.999))

    def step(condition: Tensor, target: Tensor) -> None:
        fake = generator(condition)
        adam_d.zero_grad()
        real_scores = discriminator(condition, target)
        fake_scores = discriminator(condition, fake.detach())
        loss_d = 0.5 * (_bce(real_scores, 1.0) + _bce(fake_scores, 0.0))
        loss_d.backward()
        adam_d.step()

        adam_g.zero_grad()
        loss_g = _bce(discriminator(condition, fake), 1.0) + 100 * F.l1_loss(fake, target)
        loss_g.backward()
        adam_g.step()

    return step


def _bce(scores: Tensor, label: float) -> Tensor:
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, label))


class TextbookPairs(Dataset[Tensor]):
    """Side-by-side files, resized, cropped and mirrored: (2, 3, 256, 256) in [-1, 1], input and target."""

    def __init__(self, folder: Path):
        self.files = sorted(folder.iterdir())
        self.transform = v2.Compose(
            [
                v2.ToImage(),
                v2.ToDtype(torch.float32, scale=True),
                v2.Resize((286, 286), v2.InterpolationMode.BICUBIC, antialias=True),
                v2.RandomCrop(256),
                v2.RandomHorizontalFlip(),
                v2.Normalize([0.5] * 3, [0.5] * 3),
            ]
        )

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Tensor:
        image = Image.open(self.files[index]).convert("RGB")
        half = image.width // 2
        halves = [image.crop((x, 0, x + half, image.height)) for x in (0, half)]
        return self.transform(torch.stack([v2.functional.to_image(each) for each in halves]))


def textbook_batches(folder: Path, batch_size: int, device: str = "cpu") -> Iterator[tuple[Tensor, Tensor]]:
    """Batches without end, prepared by one worker as the trainer's are."""
    loader = DataLoader(TextbookPairs(folder), batch_size, shuffle=True, num_workers=1, drop_last=True)
    while True:
        for both in loader:
            moved = both.to(device)
            yield moved[:, 0], moved[:, 1]
