"""The bar fits terminals of every width, and a log file gets lines, not thousands of redrawn bars."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import train.watching.progress
from train.events import Diagnosis, Done, Event, Preview, Saved, Started, Step
from train.watching.progress import Progress, fitting

SENTENCE = "The losses are not moving: after 500 steps they are where they started; raise --learning-rate."


def step(number: int, total: int = 1000) -> Step:
    losses = {"d": 0.4321, "gan": 1.5, "l1": 0.25}
    return Step(number, 4 * number, number / total, 0.5 * (total - number), 8.125, 2e-4, losses)


def events(total: int) -> Iterator[Event]:
    yield Started(100, 10, "edges", ("a.jpg is no picture and is left out.",))
    for number in range(1, total + 1):
        yield step(number, total)
        if number % 100 == 0:
            yield Preview(number, Path("runs/one/samples") / f"{number:07d}.jpg")
            yield Saved(number, Path("runs/one/checkpoint"))
        if number == 500:
            yield Diagnosis(number, "not_moving", SENTENCE)
        if number == 700:
            yield Diagnosis(number, "not_moving", "", cleared=True)
    yield Done(total, Path("runs/one/checkpoint"), True)


def in_terminal(columns: int) -> str:
    """What a real terminal of that width receives."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    received: list[bytes] = []

    def read() -> None:  # a terminal that nobody reads would block the writer
        with os.fdopen(master, "rb", buffering=0) as stream:
            try:
                while block := stream.read(4096):
                    received.append(block)
            except OSError:  # Linux's way to say that the other end was closed
                pass

    reader = threading.Thread(target=read)
    reader.start()
    with os.fdopen(slave, "w") as file, Progress(file) as progress:
        for event in events(1000):
            progress.show(event)
    reader.join(timeout=30)
    return b"".join(received).decode()


@pytest.mark.parametrize("columns", [24, 40, 60, 80, 120, 200])
def test_the_bar_fits_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train.watching.progress, "REFRESH", 0.0)
    shown = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", in_terminal(columns))
    bars = [part for part in re.split(r"[\r\n]", shown) if re.match(r" *\d+%\|", part)]
    assert len(bars) > 500
    assert max(len(bar) for bar in bars) <= columns  # a longer one would wrap and leave a trail of lines
    assert all(" left" in bar for bar in bars[5:-5]) or columns == 24
    for word, wide in (("step 500", 40), ("l1 0.250", 80), ("images/s", 100)):
        assert any(word in bar for bar in bars) or columns < wide, word
    assert any("100%" in bar for bar in bars)
    assert SENTENCE in shown.replace("\r", "") and "a.jpg" in shown


def test_a_terminal_without_a_size_is_taken_as_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train.watching.progress, "REFRESH", 0.0)
    shown = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", in_terminal(0))
    bars = [part for part in re.split(r"[\r\n]", shown) if re.match(r" *\d+%\|", part)]
    assert 70 < max(len(bar) for bar in bars) <= 80


def test_a_log_file_gets_a_few_whole_lines() -> None:
    log = io.StringIO()
    with Progress(log) as progress:
        for event in events(20_000):
            progress.show(event)
    text = log.getvalue()
    lines = text.splitlines()
    assert "\r" not in text and "\x1b" not in text
    assert len(lines) < 30
    assert lines[0] == "Warning: a.jpg is no picture and is left out."
    assert lines[1] == "100 pairs to train on, 10 held out; the input is taken as edges"
    assert "step 1 " in lines[2] and lines[2].startswith("  0%")
    assert lines[-1].startswith("100%") and "step 20000" in lines[-1] and "0:00 left" in lines[-1]
    assert text.count("runs/one/samples") == 1 and text.count("saved") == 1
    assert f"step 500: {SENTENCE}" in lines and "step 700: no longer: not moving" in lines


def test_lines_grow_rarer_in_a_long_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day of steps of half a second: some dozens of lines."""
    now = [1000.0]
    monkeypatch.setattr(train.watching.progress.time, "monotonic", lambda: now[0])
    log = io.StringIO()
    with Progress(log) as progress:
        for number in range(1, 172_801):
            now[0] += 0.5
            progress.show(step(number, 172_800))
    lines = log.getvalue().splitlines()
    assert 40 < len(lines) < 150
    early = [line for line in lines if int(re.search(r"step (\d+)", line)[1]) < 1200]  # ten minutes
    assert len(early) > 20


def test_the_time_left_is_told_first_and_whole_parts_follow() -> None:
    whole = fitting(step(250), 1000)
    assert whole == "6:15 left  step 250  d 0.432  gan 1.500  l1 0.250  8.1 images/s"
    for room in range(5, 80):
        text = fitting(step(250), room)
        assert whole.startswith(text) and text.startswith("6:15 left")
        assert len(text) <= max(room, len("6:15 left"))
    assert fitting(step(0, 20_000), 20).startswith("2:46:40 left")
