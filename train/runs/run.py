"""A run is a folder: what is written into it, and how it is taken up again.

``config.json``, ``metrics.jsonl`` (append-only), ``samples/``, ``checkpoint/``, ``state/`` (both networks,
the average, both optimizers and the position in the data; random numbers follow from the seed and that
position) and ``status.json``.
"""

from __future__ import annotations

import errno
import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor, nn

from pix2pix.checkpoint import first_difference, settle_checkpoint
from pix2pix.critic import ScoreScale
from pix2pix.errors import ConfigError, RunError, system_errors_as
from pix2pix.files import TEMPORARY, flush_file, make_folder, unfinished, write_json, write_text, write_with
from pix2pix.messages import Message, encoded
from pix2pix.tensors import load_metadata, load_tensors, save_tensors
from train.config import TrainConfig
from train.runs.job_files import status_of
from train.runs.lock import DATA, LOCK, LOG, STATUS, locked
from train.runs.moments import save_moment

# How the system answers where a folder cannot be made whatever space there is.
_NO_PLACE = (errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL)
STATE = Path("state") / "state.safetensors"


class RunFolder:
    """Paths and files of one run."""

    def __init__(self, path: str | Path):
        self.path = Path(os.path.expanduser(path))  # a shell leaves --out=~/run as it is
        self.checkpoint = self.path / "checkpoint"  # the model, as the app and the Hub take it
        self.metrics = self.path / "metrics.jsonl"  # a line of JSON for every few steps
        self.samples = self.path / "samples"  # sheets of held-out pairs in the course of training
        self.diagnoses: list[dict[str, Any]] = []  # what is wrong now; part of every status

    def require_unused(self) -> None:
        """Refuse a folder that holds anything already: nothing of a person's is overwritten.

        Raises:
            RunError: the folder holds a run or anything else, or may not be looked into.
        """
        with _writing(self.path):
            if (self.path / "config.json").exists():
                raise RunError("run.exists", folder=self.path)
            if self.path.exists() and (not self.path.is_dir() or any(map(_is_alien, self.path.iterdir()))):
                raise RunError("run.not_empty", folder=self.path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder and keep other processes from training in it; a RunError where that cannot be."""
        with ExitStack() as stack:
            with _writing(self.path):
                make_folder(self.path)
                stack.enter_context(locked(self.path))
            yield

    def create(self, config: TrainConfig) -> None:
        """Make a new run; errors as :meth:`require_unused`, or the folder cannot be written."""
        self.require_unused()
        self.sweep()
        self.write_config(config)

    def write_config(self, config: TrainConfig) -> None:
        """Replace the configuration, or raise a RunError where the folder cannot be written."""
        with _writing(self.path):
            write_json(self.path / "config.json", config.to_json())

    def load_config(self, *, resume: bool = True) -> TrainConfig:
        """The configuration that the run was started with; ``resume`` as in :meth:`TrainConfig.from_json`.

        Raises:
            RunError: there is no run here, or its configuration is damaged.
        """
        try:
            values = json.loads((self.path / "config.json").read_text(encoding="utf-8"))
            if not isinstance(values, dict):
                raise ValueError("not a JSON object")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RunError("run.nothing_to_resume", folder=self.path) from error
        except OSError as error:
            raise RunError("run.file_unreadable", file=self.path / "config.json", reason=error) from error
        except ValueError as error:
            raise RunError("run.file_damaged", file=self.path / "config.json") from error
        try:
            return TrainConfig.from_json(values, resume=resume)
        except ConfigError as error:
            raise RunError("run.other_version", folder=self.path, reason=error) from error

    def is_finished(self, config: TrainConfig) -> bool:
        """Whether the run is as long as ``config`` asks, and measured; errors as :meth:`load_config`."""
        finished = status_of(self.path).get("state") == "finished"
        return finished and self.load_config().lengths == config.lengths

    def log(self, values: Mapping[str, Any]) -> None:
        """Append one line to metrics.jsonl."""
        with _writing(self.path), open(self.metrics, "a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")

    def forget_after(self, step: int) -> None:
        """Drop the lines of metrics.jsonl after a step (a resumed run writes them again), and half a line."""
        if not self.metrics.is_file():
            return
        lines = self.metrics.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        kept = [line for line in lines if _logged_step(line) <= step]
        if kept != lines:
            with _writing(self.path):
                write_text(self.metrics, "".join(kept))

    def set_status(self, state: str, **values: Any) -> None:
        """Replace status.json: state is running, finished, stopped or failed."""
        status = {
            "state": state,
            "pid": os.getpid(),
            "time": time.time(),
            **values,
            "diagnoses": self.diagnoses,
        }
        with _writing(self.path):
            write_json(self.path / STATUS, encoded(status))

    def save_sample(self, step: int, sheet: Image.Image) -> Path:
        """Write ``samples/<step>.jpg``; hundreds of them gather in a long run, so they are kept small."""
        path = self.samples / f"{step:07d}.jpg"
        with _writing(self.path):
            write_with(path, lambda temporary: sheet.save(temporary, quality=85))
        return path

    def save_scores(self, sheet: Path, fake: Tensor, real: Tensor, field: int, scale: ScoreScale) -> None:
        """Write what the discriminator thought of a sheet's pictures; see :mod:`train.runs.moments`."""
        with _writing(self.path):
            save_moment(sheet, fake, real, field, scale)

    def sweep(self) -> None:
        """Remove what a killed process left half-written; finished files are never touched."""
        with _writing(self.path):
            for folder in (self.path, self.path / "state", self.checkpoint, self.samples):
                for leftover in unfinished(folder):
                    leftover.unlink(missing_ok=True)
            settle_checkpoint(self.checkpoint)

    def has_state(self) -> bool:
        """Whether a state was ever saved."""
        return (self.path / STATE).is_file()

    def require_state(self) -> None:
        """Raise a RunError where there is a model, whose state was saved before it and is gone."""
        if not self.has_state() and (self.checkpoint / "config.json").is_file():
            raise RunError("run.file_missing", folder=self.path, file=STATE)

    def save_state(self, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
        """Replace the state: all tensors and JSON values in one file, so that they always belong together."""
        tensors = {k: t.detach().cpu().contiguous() for k, t in tensors.items()}
        metadata = {"values": json.dumps(values)}
        if self.metrics.is_file():
            flush_file(self.metrics)  # after a power cut no line may be missing from before the state
        write_with(self.path / STATE, lambda path: save_tensors(tensors, path, metadata))

    def load_state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What :meth:`save_state` wrote last; a RunError where the file is damaged."""
        try:
            path = self.path / STATE
            return load_tensors(path), json.loads(load_metadata(path)["values"])
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise RunError("run.state_damaged", folder=self.path) from error


def _is_alien(path: Path) -> bool:
    """Whether a file is anything else than what is there of a run that is only beginning."""
    return path.name not in (DATA, LOCK, LOG) and not path.name.startswith(TEMPORARY)


def _logged_step(line: str) -> float:
    """The step of a line of metrics.jsonl; infinite for half a line."""
    try:
        return float(json.loads(line)["step"]) if line.endswith("\n") else math.inf
    except (ValueError, KeyError, TypeError):
        return math.inf


def _writing(path: Path) -> AbstractContextManager[None]:
    """Turn a failure to write into a sentence."""
    return system_errors_as(
        lambda error: RunError("run.cannot_write", folder=path, reason=error, remedy=remedy(error))
    )


def remedy(error: BaseException) -> Message:
    """What to do about a failure to write, as the end of a sentence."""
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Message("remedy.writable")
    if isinstance(error, OSError) and error.errno in _NO_PLACE:
        return Message("remedy.other_place")
    return Message("remedy.space")


def pack_modules(**modules: nn.Module) -> dict[str, Tensor]:
    """All weights and buffers, as ``name/key``."""
    return {
        f"{name}/{key}": tensor
        for name, module in modules.items()
        for key, tensor in module.state_dict().items()
    }


def unpack_modules(tensors: dict[str, Tensor], **modules: nn.Module) -> None:
    """The reverse of :func:`pack_modules`, in place.

    Raises:
        RuntimeError: the networks are of another architecture; names the first tensor that differs.
    """
    for name, module in modules.items():
        prefix = f"{name}/"
        state = {k[len(prefix) :]: t for k, t in tensors.items() if k.startswith(prefix)}
        if difference := first_difference(module.state_dict(), state):
            raise RuntimeError(Message("model.in_network", network=name, difference=difference))
        module.load_state_dict(state)


def pack_optimizer(name: str, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Adam's moments and step counts, as ``name/parameter/key``."""
    state = optimizer.state_dict()["state"]
    return {
        f"{name}/{index}/{key}": torch.as_tensor(value)
        for index, values in state.items()
        for key, value in values.items()
    }


def unpack_optimizer(tensors: dict[str, Tensor], name: str, optimizer: torch.optim.Optimizer) -> None:
    """The reverse of :func:`pack_optimizer`, in place."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith(f"{name}/"):
            _, index, field = key.split("/")
            like = parameters[int(index)]
            # The fused kernel walks through memory: moments must lie there as their parameters do.
            moment = torch.empty_like(like).copy_(tensor) if tensor.shape == like.shape else tensor
            state.setdefault(int(index), {})[field] = moment
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
