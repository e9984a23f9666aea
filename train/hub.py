"""Data sets from the Hugging Face Hub: ``hf://datasets/owner/name[@revision]``."""

from __future__ import annotations

from pathlib import Path

from pix2pix.errors import DataError


def fetch_data_set(address: str) -> Path:
    """The folder of a data set."""
    raise DataError(f"'{address}' cannot be fetched yet: download it and give its folder.")
