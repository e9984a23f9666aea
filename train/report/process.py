"""The data report by a process of its own: whoever waits for it goes on with other things, and may stop it.

Thousands of pictures are decoded for it; in a server's own process that would hold up everything else.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from pix2pix.checkpoint import Direction
from pix2pix.errors import DataError
from train.config import InputChoice
from train.runs.jobs import ROOT

LAST_WORDS = 1 << 14  # characters of what a process told that are kept for the server's console
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
    words = ["check", "--json", f"--sheet={sheet}", f"--input={input}", f"--direction={direction}"]
    words += [f"--image-size={image_size}", "--", *data]
    process = subprocess.Popen(
        ["nice", "-n", str(niceness), sys.executable, "-m", "train", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None and process.stderr is not None
    said: list[str] = []
    done, told = [0], [""]
    threads = [
        threading.Thread(target=_keep, args=(process.stdout, said), daemon=True),
        threading.Thread(target=_follow, args=(process.stderr, done, told), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        while threads[0].is_alive():
            threads[0].join(LOOK_AGAIN)
            yield done[0]
        yield _report(said, process.wait(), told)
    finally:
        process.kill()
        process.wait()
        for thread in threads:
            thread.join()


def _keep(output: IO[str], said: list[str]) -> None:
    said.append(output.read())


def _follow(errors: IO[str], done: list[int], told: list[str]) -> None:
    """Keep the count that the progress bar shows last, and the end of what was told."""
    text = ""
    while more := errors.read(64):
        text = (text + more)[-256:]
        told[0] = (told[0] + more)[-LAST_WORDS:]
        if counts := re.findall(r"\r(\d+) pairs \[", text):
            done[0] = int(counts[-1])


def _report(said: list[str], code: int, told: list[str]) -> dict[str, Any]:
    try:
        report = json.loads("".join(said))
    except ValueError:
        report = None
    if isinstance(report, dict) and "error" not in report:
        return report
    if isinstance(report, dict):
        raise DataError(str(report["error"]))
    if code == -signal.SIGKILL:  # as the system does where memory runs out
        raise DataError(
            "The data could not be looked at to the end, perhaps for want of memory or disk space: free some"
            " and try again."
        )
    print(told[0], file=sys.stderr)  # for whoever runs the app
    raise DataError(
        "The data could not be looked at to the end, because of an error that nobody foresaw: see the app's"
        " console, or look with python -m train check."
    )
