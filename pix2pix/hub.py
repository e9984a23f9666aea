"""Sending a checkpoint folder to the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from pix2pix.checkpoint import FILES, copy_checkpoint
from pix2pix.errors import CheckpointError


def push_checkpoint(folder: Path, repository: str, *, token: str, private: bool = True) -> str:
    """Send a checkpoint folder, its card included, to the Hub; its address there.

    Args:
        repository: "owner/name", or a name for the token's own account.
        token: with the right to write. No other one is used: the machine's own may be another person's.
        private: whether a new repository is for its owner's eyes only; of one that exists it is left.

    Raises:
        CheckpointError: no such right, no network, or no model; the sentence never holds the token.
    """
    repository, token = repository.strip(), token.strip()
    if not repository:
        raise CheckpointError("Say where the model goes on the Hub: write owner/name.")
    if not token:  # it would be replaced by the machine's own
        raise CheckpointError("The Hub does not know you: paste a token with the right to write.")
    api = HfApi(token=token)
    with TemporaryDirectory() as copy:  # which no training changes meanwhile
        copy_checkpoint(folder, Path(copy))
        try:
            address = api.create_repo(repository, private=private, exist_ok=True)
            api.upload_folder(
                repo_id=address.repo_id,
                folder_path=copy,
                allow_patterns=list(FILES),
                commit_message="A pix2pix model",
            )
        except HFValidationError as error:
            raise CheckpointError(
                f"'{repository[:100]}' is no name for the Hub: write owner/name."
            ) from error
        except Exception as error:  # the Hub's client lets its transport's errors through, and those change
            raise CheckpointError(_refusal(error)) from None  # its chain may hold the request, so the token
        return str(address)


def _refusal(error: Exception) -> str:
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
    if status in (401, 403):
        return "The Hub refused: paste a token with the right to write to that account."
    return (
        "The model could not be sent to the Hub: check the name, the token and your network, and try again."
    )
