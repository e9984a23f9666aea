"""What a person at the console sees of a run: a bar in a terminal, and now and then a line in a log file."""

from __future__ import annotations

import os
import sys
import time
from typing import TextIO

from tqdm import tqdm

from pix2pix.console import one_line
from train.events import Diagnosis, Done, Event, Preview, Saved, Started, Step

BAR = 8  # columns that the bar itself needs at least
NAMED = 5  # files that are left out; all are counted
REFRESH = 0.1  # seconds between two drawings of the bar
FIRST_LINE = 10.0  # seconds until a log file's next line; later ones come at a tenth of the time so far


class Progress:
    """Tells events to a terminal or a file; use it in a ``with`` block.

    hidden: say nothing, in a process that is not the first of several.
    """

    def __init__(self, file: TextIO | None = None, hidden: bool = False):
        self.file: TextIO = file or sys.stderr
        self.hidden = hidden
        self.live = self.file.isatty() and not hidden
        self._bar: tqdm | None = None
        self._started = self._next = time.monotonic()
        self._look = self._started + (0.0 if self.live else FIRST_LINE)  # when to tell of the data again
        self._last: Step | None = None  # a step that no line has told of yet
        self._said: set[type] = set()

    def __enter__(self) -> Progress:
        if self.live:
            form = "{percentage:3.0f}%|{bar}| {postfix}"
            self._bar = tqdm(total=100, bar_format=form, file=self.file, ncols=self._columns())
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, event: Event) -> None:
        """Tell one event."""
        if isinstance(event, Step):
            self._step(event)
        elif isinstance(event, Started):
            problems = (f"Warning: {problem}" for problem in event.problems[:NAMED])
            for sentence in (*problems, *event.notes, *event.understood):
                self.write(one_line(sentence))
            pairs = "pair" if event.train_pairs == 1 else "pairs"
            counts = f"{event.train_pairs} {pairs} to train on, {event.val_pairs or 'none'} held out"
            self.write(f"{counts}; the input is taken as {event.input}")
        elif isinstance(event, Diagnosis):
            told = f"no longer: {event.kind.replace('_', ' ')}" if event.cleared else event.message
            self.write(f"step {event.step}: {told}")
        elif isinstance(event, Preview):
            self._once(event, f"step {event.step}: sample sheets are in {event.path.parent}")
        elif isinstance(event, Saved):
            self._once(event, f"step {event.step}: saved; from here on the run can be resumed")
        elif isinstance(event, Done) and self._last is not None:
            self.write(self._line(self._last))

    def looked(self, done: int, total: int) -> None:
        """Tell how far the look at the data is, which of thousands of pictures takes minutes."""
        now = time.monotonic()
        if now < self._look:
            return
        self._look = now + (REFRESH if self.live else FIRST_LINE)
        text = f"looked at {done:,} of {total:,} pairs"
        if self._bar is not None:
            self._bar.set_postfix_str(text, refresh=True)
        else:
            self.write(text)

    def write(self, text: str) -> None:
        """A line of its own, above the bar where there is one."""
        if self.hidden:
            return
        if self._bar is not None:
            self._bar.write(text, file=self.file)
        else:
            print(text, file=self.file, flush=True)

    def _once(self, event: Event, text: str) -> None:
        """Sheets and saves come every minute or two: where they are is told with the first one."""
        if type(event) not in self._said:
            self._said.add(type(event))
            self.write(text)

    def _step(self, event: Step) -> None:
        now = time.monotonic()
        if self._bar is not None:
            if now >= self._next or event.progress >= 1:
                self._next = now + REFRESH
                self._bar.n = round(100 * event.progress, 1)
                self._bar.ncols = columns = self._columns()
                self._bar.set_postfix_str(fitting(event, columns - BAR - 8), refresh=True)
            return
        self._last = event
        if now >= self._next:
            self._next = now + max(FIRST_LINE, (now - self._started) / 10)
            self._last = None
            self.write(self._line(event))

    def _line(self, event: Step) -> str:
        return f"{100 * event.progress:3.0f}%  {fitting(event, 1000)}"

    def _columns(self) -> int:
        """The terminal's width now; 80 where it does not say."""
        try:
            return os.get_terminal_size(self.file.fileno()).columns or 80
        except OSError:
            return 80


def fitting(event: Step, room: int) -> str:
    """As much of a step as ``room`` columns hold; how long it still takes comes first."""
    losses = "  ".join(f"{name} {value:.3f}" for name, value in event.losses.items())
    parts = (
        f"{_minutes(event.seconds_left)} left",
        f"step {event.step}",
        losses,
        f"{event.images_per_second:.1f} images/s",
    )
    text = parts[0]
    for part in parts[1:]:
        if len(text) + 2 + len(part) > room:
            break
        text += f"  {part}"
    return text


def _minutes(seconds: float) -> str:
    whole = int(seconds)
    hours = f"{whole // 3600}:{whole // 60 % 60:02d}" if whole >= 3600 else str(whole // 60)
    return f"{hours}:{whole % 60:02d}"
