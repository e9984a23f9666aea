"""What the page shows of trainings: plain values for its scripts, curves that grow, and the newest sheet."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from PIL import Image

from pix2pix.checkpoint import CONFIG
from pix2pix.errors import ImageError, Pix2PixError
from pix2pix.files import as_text
from pix2pix.images import open_image
from pix2pix.ui.server.language import told
from pix2pix.ui.shared.models import Models
from train.runs import jobs
from train.runs.jobs import Job, Position

MOST_POINTS = 800  # of one curve; then every second one is dropped
KEPT = 8  # runs whose curves are remembered
SHOWN_METRICS = ("l1", "ssim", "spectrum", "sharpness")


class Runs:
    """The folder of runs as the page sees it; safe to call from several threads."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self.folder = Path(models.settings.runs)
        self._lock = threading.Lock()
        self._curves: OrderedDict[str, Curves] = OrderedDict()

    def jobs(self) -> list[Job]:
        """All runs, those that train first; none where there is nothing to look into."""
        try:
            return jobs.list_jobs(self.folder)
        except Pix2PixError:
            return []

    def pick(self, found: list[Job], wanted: str) -> Job | None:
        """The run to show: the one that is wanted, else the one that trains, else the newest."""
        return next((job for job in found if job.name == wanted), found[0] if found else None)

    def describe(self, job: Job) -> dict[str, Any]:
        """A run for the page's script.

        model: changes with each model that it saves, None before the first.
        left: seconds; rate: pictures a second; None where they are unknown.
        looked: how many pairs were looked at, and of how many, while it starts; previewed: whether it has
            made a preview.
        """
        return {
            **row(job),
            "message": told(job.message),
            "progress": job.progress,
            "left": job.seconds_left if job.active else None,
            "rate": job.images_per_second if job.active else None,
            "step": job.step,
            "looked": job.looked,
            "previewed": job.sheet is not None,
            "diagnoses": [told(one["message"]) for one in job.diagnoses],
            "resumable": job.resumable,
            "model": _stamp(job),
            "input": self._input(job),
        }

    def model_name(self, job: Job) -> str:
        """The name by which the store of models knows a run's model."""
        return as_text(str(self.folder / job.path.name))

    def _input(self, job: Job) -> str:
        try:
            return self.models.config(self.model_name(job)).input
        except Pix2PixError:
            return ""

    def curves(self, job: Job) -> Curves:
        """The run's losses and sharpness so far; only what is new is read.

        Raises:
            RunError: it cannot be read.
        """
        with self._lock:
            key = str(job.path)
            curves = self._curves.setdefault(key, Curves())
            self._curves.move_to_end(key)
            while len(self._curves) > KEPT:
                self._curves.popitem(last=False)
            curves.read_on(self.folder, job.name)
            return curves

    def sheet(self, job: Job) -> Image.Image | None:
        """The newest sample sheet: held-out pairs, what the generator makes of them, and the critic's map."""
        try:
            return open_image(job.sheet) if job.sheet else None
        except ImageError:  # it went with its run
            return None


class Curves:
    """Points of metrics.jsonl by name: (minutes of training, value)."""

    def __init__(self) -> None:
        self.points: dict[str, list[tuple[float, float]]] = {}
        self.count = 0  # of lines read, to see whether there is anything new
        self._position: Position | None = None

    def read_on(self, runs: Path, name: str) -> None:
        """Add what was written since the last reading."""
        reading = jobs.watch(runs, name, self._position)
        self._position = reading.position
        if reading.restarted:
            self.points, self.count = {}, 0
        for line in reading.lines:
            values = line.get("losses") or {}
            if "sharpness" in line:
                values = {"sharpness": line["sharpness"]}
            for key, value in values.items():
                self._add(key, line.get("seconds"), value)
        self.count += len(reading.lines)

    def _add(self, key: str, seconds: Any, value: Any) -> None:
        if not all(isinstance(number, (int, float)) and math.isfinite(number) for number in (seconds, value)):
            return
        points = self.points.setdefault(key, [])
        points.append((seconds / 60, float(value)))
        if len(points) > MOST_POINTS:
            del points[1:-1:2]

    def lines(self, *names: str) -> list[dict[str, Any]]:
        """Those curves as the page draws them; four digits are fine enough."""

        def short(number: float) -> float:
            return float(f"{number:.4g}")

        return [
            {"name": name, "points": [(short(x), short(y)) for x, y in self.points.get(name, [])]}
            for name in names
        ]


def row(job: Job) -> dict[str, Any]:
    """What the list of runs shows of one."""
    measured = job.metrics.get("model")
    numbers = measured if isinstance(measured, dict) else {}
    return {
        "name": job.name,
        "state": job.state,
        "active": job.active,
        "seconds": job.seconds,
        "metrics": {
            name: numbers[name] for name in SHOWN_METRICS if isinstance(numbers.get(name), (int, float))
        },
    }


def _stamp(job: Job) -> str | None:
    try:
        return str((job.path / "checkpoint" / CONFIG).stat().st_mtime_ns)
    except OSError:
        return None
