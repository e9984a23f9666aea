"""Number format and memory layout to train in, and what float16 needs so that small gradients survive."""

from __future__ import annotations

import torch
from torch import nn

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


WIDE = 32  # the generator's width from which on its kernels outweigh its pictures


def training_layout(device: torch.device, dtype: torch.dtype, width: int) -> torch.memory_format:
    """Where channels lie in memory: last, but first for wide networks in float32 on a CPU.

    There oneDNN wants kernels in its own blocks, and reaches them from kernels with channels last through one
    more copy of each kernel and of its gradient. At width 64 and batch 1 those were a fifth of a step; narrow
    networks, whose pictures are larger than their kernels, are faster with channels last.
    """
    plain = device.type == "cpu" and dtype is torch.float32 and width >= WIDE
    return torch.contiguous_format if plain else torch.channels_last


def layout_of(network: nn.Module) -> torch.memory_format:
    """The layout that a network's kernels have, which its inputs should have as well."""
    kernels = (p for p in network.parameters() if p.dim() == 4 and p.shape[1] > 1 and p.shape[2] > 1)
    plain = all(kernel.is_contiguous() for kernel in kernels)
    return torch.contiguous_format if plain else torch.channels_last
