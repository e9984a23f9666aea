"""Giving a run's model away: as a zip, or to the Hugging Face Hub."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pix2pix.checkpoint import CONFIG, FILES
from pix2pix.errors import RunError, system_errors_as
from pix2pix.hub import push_checkpoint
from train.runs.jobs import Job


def zip_model(job: Job, folder: Path) -> Path:
    """Write ``<folder>/<run>.zip`` with the run's checkpoint folder, ready to be used.

    Raises:
        RunError: it trains, has no model yet, or the disk is full.
    """
    refused = system_errors_as(lambda error: RunError("page.cannot_zip", folder=folder, reason=error))
    source = _model_of(job)
    with refused:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{job.name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:  # weights hardly get smaller
            for name in FILES:
                if (source / name).is_file():
                    archive.write(source / name, f"{job.name}/{name}")
    return path


def push_model(job: Job, repository: str, token: str, private: bool = True) -> str:
    """Send a run's model to the Hub, as :func:`pix2pix.hub.push_checkpoint` does; its address there.

    Raises:
        RunError: it trains, or has no model yet.
        CheckpointError: the Hub refuses or cannot be reached.
    """
    return push_checkpoint(_model_of(job), repository, token=token, private=private)


def _model_of(job: Job) -> Path:
    """The checkpoint folder of a run that does not change."""
    folder = job.path / "checkpoint"
    if job.active:
        raise RunError("page.share_while_training", run=job.name)
    if not (folder / CONFIG).is_file():
        raise RunError("page.share_without_model", run=job.name)
    return folder
