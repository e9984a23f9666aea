"""Giving a run's model away: as a zip, or to the Hugging Face Hub."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from pix2pix.checkpoint import CARD, CONFIG, DISCRIMINATOR, GENERATOR, PREVIEW
from pix2pix.errors import RunError, system_errors_as
from train.runs.jobs import Job

FILES = (CONFIG, GENERATOR, DISCRIMINATOR, CARD, PREVIEW)


def zip_model(job: Job, folder: Path) -> Path:
    """Write ``<folder>/<run>.zip`` with the run's checkpoint folder, ready to be used.

    Raises:
        RunError: it trains, has no model yet, or the disk is full.
    """
    refused = system_errors_as(
        RunError,
        lambda error: (
            f"The zip cannot be written in {folder} ({error.strerror}): free some space on its disk."
        ),
    )
    with _model_of(job) as source, refused:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{job.name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:  # weights hardly get smaller
            for name in FILES:
                if (source / name).is_file():
                    archive.write(source / name, f"{job.name}/{name}")
        return path


def push_model(job: Job, repository: str, token: str, private: bool = True) -> str:
    """Send a run's checkpoint folder, its card included, to the Hub; its address there.

    Args:
        repository: "owner/name", or a name for the token's own account.
        token: with the right to write. No other one is used: the machine's own may be another person's.
        private: whether a new repository is for its owner's eyes only; of one that exists it is left.

    Raises:
        RunError: no such right, no network, or no model; the sentence never holds the token.
    """
    if not repository.strip():
        raise RunError("Say where the model goes on the Hub: write owner/name.")
    if not token.strip():
        raise RunError("The Hub does not know you: paste a token with the right to write.")
    api = HfApi(token=token.strip())  # an empty one would be replaced by the machine's own
    with _model_of(job) as source, TemporaryDirectory() as copy:
        for name in FILES:  # a copy, which no resumed training changes meanwhile
            if (source / name).is_file():
                shutil.copyfile(source / name, os.path.join(copy, name))
        try:
            address = api.create_repo(repository.strip(), private=private, exist_ok=True)
            api.upload_folder(
                repo_id=address.repo_id,
                folder_path=copy,
                allow_patterns=list(FILES),
                commit_message="A pix2pix model",
            )
        except HFValidationError as error:
            raise RunError(
                f"'{repository.strip()[:100]}' is no name for the Hub: write owner/name."
            ) from error
        except Exception as error:  # the Hub's client lets its transport's errors through, and those change
            raise RunError(_refusal(error)) from None  # its chain may hold the request, and so the token
        return str(address)


def _refusal(error: Exception) -> str:
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
    if status in (401, 403):
        return "The Hub refused: paste a token with the right to write to that account."
    return (
        "The model could not be sent to the Hub: check the name, the token and your network, and try again."
    )


@contextmanager
def _model_of(job: Job) -> Iterator[Path]:
    """The checkpoint folder of a run that does not change."""
    folder = job.path / "checkpoint"
    if job.active:
        raise RunError(f"The run {job.name} is training: stop it first, so that its model is a whole one.")
    if not (folder / CONFIG).is_file():
        raise RunError(f"The run {job.name} has no model yet: resume it until it has saved one.")
    yield folder
