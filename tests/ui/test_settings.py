from __future__ import annotations

import dataclasses

import pytest
from support import assert_one_sentence

from pix2pix.errors import ConfigError
from pix2pix.ui.settings import Settings


def test_nothing_set_gives_the_defaults() -> None:
    assert Settings.from_environment({"PIX2PIX_MODEL": " ", "PATH": "/bin"}) == Settings()


def test_every_field_is_an_environment_variable() -> None:
    fields = [field for field in dataclasses.fields(Settings) if field.name != "space"]
    environment = {f"PIX2PIX_{field.name.upper()}": "7" for field in fields}
    settings = Settings.from_environment(environment)
    for field in fields:
        assert getattr(settings, field.name) == ("7" if field.type == "str" else 7)


@pytest.mark.parametrize("text", ["0", "-3", "many", "1.5"])
def test_a_bad_number_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match="PIX2PIX_QUEUE_SIZE") as caught:
        Settings.from_environment({"PIX2PIX_QUEUE_SIZE": text})
    assert_one_sentence(caught.value)
