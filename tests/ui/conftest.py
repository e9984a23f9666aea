"""What the tests beside this file share: they call functions as the owner, unless they say otherwise.

An app that they start is asked from outside, and tells by the request who asks.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pix2pix.ui.server.access import acting_for


@pytest.fixture(autouse=True)
def _as_owner() -> Iterator[None]:
    with acting_for(owner=True):
        yield
