"""What the listeners of all tabs have in common: keyword arguments of Gradio's events."""

from __future__ import annotations

from typing import Any

MODEL_QUEUE = "translate"  # one request at a time: the model itself uses all cores

# No spinner over what is shown, and not in the API. Without a place for a spinner Gradio's page does not go
# through all that a listener ever had to do with whenever another one says how far it is.
QUIET: dict[str, Any] = {"show_progress": "hidden", "show_progress_on": [], "api_visibility": "private"}
IN_MODEL_QUEUE: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": MODEL_QUEUE}
QUIET_ON_MODEL: dict[str, Any] = {**QUIET, **IN_MODEL_QUEUE}


def saves(elem_id: str) -> str:
    """The script of an event after which a hidden download button has a file: the browser saves it."""
    return f"(file) => {{ if (file) setTimeout(() => document.querySelector('#{elem_id}')?.click(), 50); }}"
