"""Which device and number format to compute with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from pix2pix.errors import ConfigError

Precision = Literal["auto", "float32", "bfloat16", "float16"]
_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def pick_device(name: str = "auto") -> torch.device:
    """The named device, or the best that is here: cuda, then mps, then cpu.

    Raises:
        ConfigError: the named device is unknown or absent.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
        if device.type == "meta":
            raise RuntimeError("a device without memory")
    except (RuntimeError, AssertionError) as error:
        raise ConfigError("device.unknown", device=name) from error
    return device


def pick_dtype(device: torch.device, precision: Precision = "auto") -> torch.dtype:
    """bfloat16 where the hardware is faster with it, else float32: see :func:`cpu_has_bfloat16`."""
    if precision != "auto":
        if precision not in _DTYPES:
            raise ConfigError("device.unknown_precision", precision=precision, known=_DTYPES)
        return _DTYPES[precision]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if device.type == "cpu" and cpu_has_bfloat16():
        return torch.bfloat16
    return torch.float32


def cpu_has_bfloat16() -> bool:
    """Whether this processor multiplies matrices of bfloat16: AMX, or Arm's BF16.

    With those, convolutions run several times as fast as in float32. AVX512_BF16 alone is no gain: on a Xeon
    without AMX a drawing took 69 ms on one core, 48 in float32, and a training step 0.62 s, 0.45 in float32.
    """
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    if capabilities:
        return any(capabilities.get(name) for name in ("amx_bf16", "bf16"))
    try:  # torch < 2.9 does not tell
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return False
    return any(flag in flags.split() for flag in ("amx_bf16", "bf16"))


def constant(values: Sequence[Any], like: Tensor) -> Tensor:
    """Numbers, nested as tuples, as a tensor of another's type and device.

    On a GPU it is made once and kept: to bring numbers there, the program waits until the GPU has nothing
    left to do.
    """
    return _kept(values, like.dtype, like.device) if like.is_cuda else like.new_tensor(values)


@cache
def _kept(values: Sequence[Any], dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=dtype, device=device)
