"""The data report by a process of its own: whoever waits for it goes on with other things, and may stop it.

Thousands of pictures are decoded for it; in a server's own process that would hold up everything else. The
process writes a line of JSON for each thing that it tells: ``{"looked": 120}`` again and again, and at last
``{"report": …}`` or ``{"error": …}``.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from pix2pix.checkpoint import Direction
from pix2pix.errors import DataError, Pix2PixError
from pix2pix.inputs import InputChoice
from pix2pix.messages import decoded, encoded
from train.runs.jobs import ROOT

LOOK_AGAIN = 0.4  # seconds between two words about how far it is


def check_apart(
    data: Sequence[str],
    sheet: Path,
    *,
    input: InputChoice = "auto",
    direction: Direction = "AtoB",
    image_size: int = 256,
    niceness: int = 5,
) -> Iterator[int | dict[str, Any]]:
    """How many pairs were looked at, again and again, and at last :meth:`train.report.check.Report.to_json`.

    To stop it, close the iterator.

    Args:
        data: absolute paths of folders and zips, or ``hf://datasets/owner/name``.
        sheet: where some pairs are drawn, see :func:`train.report.check.check_data`.
        niceness: how much more patient its process is than this one, 0 to 19.

    Raises:
        DataError: the process ended without a report: it says why, was killed, or failed.
    """
    asked = {"data": list(data), "sheet": str(sheet), "input": input, "direction": direction}
    words = [sys.executable, "-m", "train.report.process", json.dumps({**asked, "image_size": image_size})]
    with subprocess.Popen(
        ["nice", "-n", str(niceness), *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        try:
            last: dict[str, Any] = {}
            for line in process.stdout:
                if not line.endswith("\n"):
                    continue  # cut short by the end of its process
                told = decoded(json.loads(line))
                if "looked" in told:
                    yield told["looked"]
                else:
                    last = told
            code = process.wait()
        finally:
            process.kill()
    if "error" in last:
        raise DataError(last["error"])
    if "report" not in last:  # a killed one is killed by the system, where memory runs out
        raise DataError("data.check_killed" if code == -signal.SIGKILL else "data.check_failed")
    yield last["report"]


def main(words: Sequence[str]) -> None:
    """What :func:`check_apart` starts."""
    output, ended, looked = sys.stdout, threading.Event(), 0

    def tell(**told: object) -> None:
        print(json.dumps(encoded(told)), file=output, flush=True)

    def count() -> None:
        tell(looked=looked)
        while not ended.wait(LOOK_AGAIN):
            tell(looked=looked)

    def note(done: int) -> None:
        nonlocal looked
        looked = done

    asked = json.loads(words[0])
    counter = threading.Thread(target=count)
    counter.start()
    with redirect_stdout(sys.stderr):  # which is the server's console
        from pix2pix.generator import GeneratorSpec
        from train.report.check import check_data

        last: dict[str, Any] = {}
        try:
            GeneratorSpec(image_size=asked["image_size"])
            data, sheet = asked.pop("data"), Path(asked.pop("sheet"))
            last["report"] = check_data(data, sheet=sheet, progress=note, **asked).to_json()
        except Pix2PixError as error:
            last["error"] = error.message
        finally:
            ended.set()
            counter.join()  # a thread that still prints while the process ends would cut a line short
    tell(**last)


if __name__ == "__main__":
    main(sys.argv[1:])
