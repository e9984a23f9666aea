"""The models behind the page: which there are, and the last few that were used, loaded once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pix2pix.checkpoint import CONFIG, ModelConfig, load_config
from pix2pix.critic import Critic
from pix2pix.errors import CheckpointError, Pix2PixError
from pix2pix.files import as_text
from pix2pix.translator import Translator
from pix2pix.ui.server.access import asked_by_owner
from pix2pix.ui.settings import Settings
from pix2pix.zoo import HUB, available_models, find_model

RETRY_SECONDS = 5.0
KEPT = 4  # loaded models of each kind; a width-64 U-Net takes 220 MB in float32
KEPT_ABLATIONS = 10  # beside them; each takes a few MB


@dataclass
class _Slot:
    """One model in memory, or why it is not there."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    stamp: Any = None
    value: Any = None
    failure: tuple[float, Pix2PixError] | None = None


class Models:
    """Loads models for all tabs and visitors; safe to call from several threads.

    A model that is being loaded holds up only those who ask for the same one. A run's model is loaded again
    after its training saved a newer one; one whose folder was deleted is served from memory while it lasts.
    """

    def __init__(
        self,
        settings: Settings,
        load: Callable[[str], Translator] = Translator.load,
        load_critic: Callable[[str], Critic] = Critic.load,
    ) -> None:
        self.settings = settings
        self.retry_seconds = RETRY_SECONDS
        self._loaders: dict[str, Callable[[str], Any]] = {"translator": load, "critic": load_critic}
        self._lock = threading.Lock()
        self._slots: OrderedDict[tuple[str, str], _Slot] = OrderedDict()

    def choices(self, *inputs: str) -> list[tuple[str, str]]:
        """(label, model) of the model that was set, the bundled ones and the runs, newest run first.

        Args:
            inputs: only models whose input is one of these ("edges", "labels", "photo", …); all by default.
        """
        chosen = Path(self.settings.model)
        folder = chosen.parent if chosen.name == "checkpoint" else chosen  # a run is called by its own name
        found = [(folder.name, self.settings.model)]
        found += [(name, name) for name in available_models()]
        found += [(as_text(folder.name), as_text(str(folder))) for folder in self._runs()]
        kept: dict[str, str] = {}
        for label, model in found:
            if model not in kept and (not inputs or self._input(model) in inputs):
                kept[model] = label
        return [(label, model) for model, label in kept.items()]

    def config(self, model: str = "") -> ModelConfig:
        """What a model says of itself; only its config is read.

        Raises:
            CheckpointError: no such model, or not for this visitor.
        """
        return load_config(find_model(self._allowed(model)))

    def translator(self, model: str = "") -> Translator:
        """A model's generator; the model that was set where the name is empty.

        Raises:
            Pix2PixError: it cannot be loaded; the sentence says what to do. After a failure the folder is
                looked at again, but not for every request.
        """
        result: Translator = self._get("translator", self._allowed(model))
        return result

    def critic(self, model: str = "") -> Critic:
        """A model's discriminator.

        Raises:
            Pix2PixError: as for :meth:`translator`.
        """
        result: Critic = self._get("critic", self._allowed(model))
        return result

    def ablation(self, name: str) -> str:
        """The model behind the name of a small one, such as ``l1``, for the methods above."""
        return f"{self.settings.ablations}/{name}"

    def stamp(self, model: str) -> float | None:
        """Changes when a model's files were written anew; None for one that is not on this machine."""
        return _stamp(self._allowed(model))

    def _is_own(self, model: str) -> bool:
        return model in (self.settings.model, *available_models()) or self._is_ablation(model)

    def _is_ablation(self, model: str) -> bool:
        collection, _, name = model.rpartition("/")
        return collection == self.settings.ablations and name not in ("", ".", "..")

    def _runs(self) -> list[Path]:
        if not asked_by_owner():
            return []
        found = Path(self.settings.runs).glob(f"*/checkpoint/{CONFIG}")
        return sorted((p.parent.parent for p in found), key=lambda p: (-(_stamp(str(p)) or 0), p.name))

    def _input(self, model: str) -> str:
        if model.startswith(HUB):
            return ""  # not fetched before someone uses it
        try:
            return load_config(find_model(self._in_full(model))).input
        except Pix2PixError:
            return ""

    def _allowed(self, model: object) -> str:
        """The model's name, if whoever asks may name it: no paths and downloads for visitors."""
        if model is None or model == "":
            return self.settings.model
        if not isinstance(model, str) or len(model) > 1000 or not model.isprintable():
            raise CheckpointError("page.no_such_model")
        if not self._is_own(model) and not asked_by_owner():
            raise CheckpointError("page.owner_only_models")
        return self._in_full(model)

    def _in_full(self, model: str) -> str:
        """The path of a run whose name is not UTF-8, of which the page knows but the text."""
        if r"\udc" not in model:
            return model
        return next((str(folder) for folder in self._runs() if as_text(str(folder)) == model), model)

    def _get(self, kind: str, model: str) -> Any:
        slot = self._slot(kind, model)
        with slot.lock:
            stamp = _stamp(model)
            if slot.value is not None and (stamp == slot.stamp or stamp is None):
                return slot.value
            if slot.failure and time.monotonic() - slot.failure[0] < self.retry_seconds:
                raise slot.failure[1]
            try:
                slot.value, slot.stamp, slot.failure = self._loaders[kind](model), stamp, None
            except Pix2PixError as error:
                slot.failure = (time.monotonic(), error)
                raise
            return slot.value

    def _slot(self, kind: str, model: str) -> _Slot:
        with self._lock:
            slot = self._slots.setdefault((kind, model), _Slot())
            self._slots.move_to_end((kind, model))
            small = self._is_ablation(model)
            alike = [k for k in self._slots if k[0] == kind and self._is_ablation(k[1]) == small]
            for key in alike[: -(KEPT_ABLATIONS if small else KEPT)]:
                del self._slots[key]
            return slot


def _stamp(model: str) -> float | None:
    if model.startswith(HUB):
        return None
    try:
        return (find_model(model) / CONFIG).stat().st_mtime_ns
    except (OSError, Pix2PixError):
        return None
