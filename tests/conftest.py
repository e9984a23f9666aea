"""What every test shares: an environment of its own, one thread, repeatable randomness, tiny data.

``HF_HOME`` is set before anything imports huggingface_hub, which reads it once.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_HOME = tempfile.TemporaryDirectory(prefix="pix2pix-tests-", ignore_cleanup_errors=True)
os.environ["HF_HOME"] = _HOME.name
os.environ["PIX2PIX_CACHE"] = str(Path(_HOME.name) / "pix2pix")
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["HF_ENDPOINT"] = "http://127.0.0.1:9"  # nobody there: no test reaches the real Hub
os.environ["OMP_WAIT_POLICY"] = "passive"  # the processes of the suite share two cores
for _name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE"):
    os.environ.pop(_name, None)

import huggingface_hub  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
import torch  # noqa: E402
from hub_server import HubServer  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402
from support import make_checkpoint, write_side_by_side  # noqa: E402

from train.runs.lock import held, holder  # noqa: E402

APP_THREADS = torch.get_num_threads()
torch.set_num_threads(1)  # the networks here are too small to share out

# The same examples on every run, nothing written into the tree, and no limit that a busy machine breaks.
settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``-n``: all browser tests go to one process, one after the other, every other test to any.

    Two browsers and two apps on two cores would only wait for each other. (pytest-xdist's own groups are read
    off node ids, which pytest 9.2 no longer lets it change.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class BrowserTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if "tests/browser/" in nodeid else nodeid

    return BrowserTogether(config, log)


@pytest.fixture
def app_threads() -> Iterator[None]:
    """As many threads as an app beside the test has: with fewer, sums are rounded otherwise."""
    torch.set_num_threads(APP_THREADS)
    yield
    torch.set_num_threads(1)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Path]:
    """A folder of runs, where nothing trains any more when the test has ended."""
    folder = tmp_path / "runs"
    yield folder
    for path in folder.glob("*"):
        if held(path):
            os.kill(int(holder(path)[0]), signal.SIGKILL)


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the person's own Hub account, nor the state that another test left in this process."""
    monkeypatch.setenv("HF_HOME", _HOME.name)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    torch.manual_seed(0)
    np.random.seed(0)
    torch.set_flush_denormal(False)  # training sets it for the whole process


@pytest.fixture(scope="session")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of eight 32x32 pairs, edges | filled shape; two of them held out. Read only."""
    folder = tmp_path_factory.mktemp("shapes")
    write_side_by_side(folder / "train", count=8, size=32)
    write_side_by_side(folder / "val", count=2, size=32, first=100)
    return folder


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder of an untrained 32x32 edges model. Read only."""
    return make_checkpoint(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A Hub of this machine with nothing on it, and an empty cache."""
    server, constants = HubServer(), huggingface_hub.constants  # which read the environment at its import
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, server.address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with server.running():
        yield server


@pytest.fixture(scope="session")
def output() -> Path:
    """``tests/output``, where tests leave pictures for a person to look at (ignored by git)."""
    folder = Path(__file__).parent / "output"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def no_judge() -> Iterator[None]:
    """Measures come out alike whether or not the judge's weights are installed: without it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("train.measures.perceptual.PACKAGE", "a-package-that-nobody-has")
        yield
