"""Which number format to train in, and what float16 needs so that small gradients survive."""

from __future__ import annotations

import torch

from pix2pix.device import Precision, pick_dtype


def training_dtype(device: torch.device, precision: Precision) -> torch.dtype:
    """As :func:`pix2pix.device.pick_dtype`, but "auto" takes float16 on a GPU that has no bfloat16."""
    if precision == "auto" and device.type == "cuda":
        bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if bfloat16 else torch.float16
    return pick_dtype(device, precision)


def loss_scaler(device: torch.device, dtype: torch.dtype) -> torch.amp.GradScaler:
    """Scales the loss up for float16's backward pass, where numbers below 6e-8 are 0; else does nothing."""
    return torch.amp.GradScaler(device.type, enabled=dtype is torch.float16)
