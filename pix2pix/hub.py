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
        raise CheckpointError("hub.no_place")
    if not token:  # it would be replaced by the machine's own
        raise CheckpointError("hub.unknown_user")
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
            raise CheckpointError("hub.bad_name", name=repository[:100]) from error
        except Exception as error:  # the Hub's client lets its transport's errors through, and those change
            status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
            refused = "hub.refused" if status in (401, 403) else "hub.not_sent"
            raise CheckpointError(refused) from None  # its chain may hold the request, so the token
        return str(address)
