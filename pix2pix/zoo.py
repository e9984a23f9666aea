"""From the name of a model to the folder that holds it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError

from pix2pix.checkpoint import CONFIG, FILES
from pix2pix.errors import CheckpointError
from pix2pix.files import BUNDLED as BUNDLED

DEFAULT_MODEL = "edges2photo"
ABLATIONS = "ablations"  # the folder among the bundled ones that holds small models for teaching
HUB = "hf://"
HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")  # and no path such as ./models or ../models


def available_models(root: Path | None = None) -> list[str]:
    """Names of the bundled models, the default one first."""
    folder = root or BUNDLED
    names = [path.parent.name for path in sorted(folder.glob(f"*/{CONFIG}"))]
    return sorted(names, key=lambda name: (name != DEFAULT_MODEL, name))


def available_ablations(root: Path | None = None) -> list[str]:
    """Names of the bundled small models, such as ``ablations/l1``, which are not among the main ones."""
    folder = (root or BUNDLED) / ABLATIONS
    return [f"{ABLATIONS}/{path.parent.name}" for path in sorted(folder.glob(f"*/{CONFIG}"))]


def find_model(model: str | Path, root: Path | None = None) -> Path:
    """The checkpoint folder of a bundled name, a checkpoint folder, a run folder, or ``hf://owner/name[@revision]``.

    Bundled names are those of :func:`available_models` and :func:`available_ablations`.
    A model from the Hub is downloaded once and then taken from the Hub's own cache, also without a network.

    Raises:
        CheckpointError: no such model, or it cannot be fetched.
    """
    text = str(model)
    if text.startswith(HUB):
        return _from_hub(text[len(HUB) :])
    bundled = (root or BUNDLED) / text
    collection, _, name = text.rpartition("/")
    named = bool(name) and Path(name).name == name and collection in ("", ABLATIONS)
    if named and os.path.isfile(bundled / CONFIG):
        return bundled
    folder = Path(os.path.expanduser(text))  # unlike Path's own, it leaves an unknown ~user as it is
    if os.path.isfile(folder / "checkpoint" / CONFIG):
        return folder / "checkpoint"
    if os.path.isdir(folder):
        return folder
    if os.path.isfile(folder):
        raise CheckpointError("model.is_a_file", path=text)
    raise CheckpointError("model.unknown", model=text, known=available_models(root) or "-")


def find_pretrained(model: str | Path, revision: str | None = None) -> Path:
    """As :func:`find_model`, but ``owner/name`` is an id on the Hub where there is no such folder here.

    Args:
        revision: a branch, tag or commit of the Hub's.

    Raises:
        CheckpointError: no such model, it cannot be fetched, or a revision of a folder is asked for.
    """
    text = str(model)
    here = os.path.exists(os.path.expanduser(text)) or text in available_ablations()
    if text.startswith(HUB) or (not here and HUB_ID.fullmatch(text)):
        name = text.removeprefix(HUB)
        return _from_hub(name if revision is None else f"{name}@{revision}")
    if revision is not None:
        raise CheckpointError("hub.no_revision", model=text)
    return find_model(model)


def _from_hub(name: str) -> Path:
    repo, _, revision = name.partition("@")
    try:
        folder = snapshot_download(repo, revision=revision or None, allow_patterns=list(FILES))
    except HFValidationError as error:
        raise CheckpointError("hub.bad_model_address", model=name) from error
    except Exception as error:  # the Hub's client lets its transport's errors through, and those change
        raise CheckpointError("hub.model_not_fetched", model=name) from error
    return Path(folder)
