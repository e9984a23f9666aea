"""Through a training, in the Critic tab: a run's held-out pair and its map at every moment that it saved."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from pix2pix.errors import Pix2PixError
from pix2pix.ui.critic.judging import Case, case_view, moment_case, remembered, run_moments, runs_with_moments
from pix2pix.ui.server.access import for_owner
from pix2pix.ui.server.language import told
from pix2pix.ui.shared.notices import warn
from train.runs.moments import count_pairs

POLL_SECONDS = 5.0  # between two looks at a run that may be going on
NEWEST = 10**9
Scrubber = tuple[gr.Dropdown, gr.Slider, gr.Slider, gr.Timer]  # run, pair, moment, timer
Answer = tuple[dict[str, Any], Case | None]


def scrubber(text: gr.I18n) -> Scrubber:
    """Add the controls to the Blocks that is being built."""
    with gr.Accordion(text("critic_runs"), open=False, elem_id="critic-runs", elem_classes="p2p-owners"):
        gr.Markdown(text("critic_runs_hint"))
        run = gr.Dropdown([], value=None, label=text("critic_run"))
        pair, moment = (
            gr.Slider(1, 2, 1, step=1, label=text(key), interactive=False)
            for key in ("critic_pair", "critic_moment")
        )
    return run, pair, moment, gr.Timer(POLL_SECONDS, active=False)


def answer(make: Callable[[], Case], old: Case | None) -> Answer:
    """The new case, as the page shows it and as it is kept; or a sentence and the old one."""
    try:
        new = make()
    except Pix2PixError as error:
        warn(error)
        return {"error": told(error)}, old
    return {"case": case_view(new)}, remembered(new)


def wire_scrubber(
    controls: Scrubber, runs: Path, tab: gr.Tab, case: gr.State, answers: gr.HTML, options: dict[str, Any]
) -> None:
    """Have the controls show moments; none of it runs a network.

    Args:
        case: the visitor's :class:`Case`, read and replaced.
        answers: the component that takes them.
        options: of every listener.
    """
    run, pair, moment, timer = controls

    @for_owner
    def on_run(name: str | None, old: Case | None) -> tuple[Any, ...]:
        """The first pair at the newest moment."""
        shown, new = answer(lambda: moment_case(runs, name, NEWEST, 0), old)
        if new is None or "case" not in shown:
            return shown, new, gr.skip(), gr.skip(), gr.Timer(active=False)
        pairs, count = count_pairs(run_moments(runs, name)[0], new.moments[-1]), len(new.moments)
        return shown, new, _slider(1, pairs), _slider(count, count), gr.Timer(active=True)

    @for_owner
    def on_slide(name: str | None, number: float, index: float, old: Case | None) -> Answer:
        return answer(lambda: moment_case(runs, name, round(index) - 1, round(number) - 1), old)

    run.input(
        on_run, [run, case], [answers, case, pair, moment, timer], trigger_mode="always_last", **options
    )
    for slider in (pair, moment):
        slider.input(
            on_slide, [run, pair, moment, case], [answers, case], trigger_mode="always_last", **options
        )
    timer.tick(
        for_owner(lambda name, number, old: follow(runs, name, round(number) - 1, old)),
        [run, pair, case],
        [answers, case, moment, timer],
        **options,
    )
    newest = for_owner(lambda: gr.Dropdown(choices=list(runs_with_moments(runs))))
    tab.select(newest, None, run, **options)


def follow(runs: Path, name: str | None, pair: int, old: Case | None) -> tuple[Any, ...]:
    """What a run that goes on changes on the page: the answer, the case, the slider of moments, the timer.

    More moments make the slider longer; who looks at the newest one is shown the one after it.
    """
    if old is None or not old.moments:  # a drawing is on screen by now
        return gr.skip(), gr.skip(), gr.skip(), gr.Timer(active=False)
    try:
        steps = run_moments(runs, name)[1]
        if steps == old.moments:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        if old.newest:
            new = moment_case(runs, name, NEWEST, pair)
            count = len(new.moments)
            return {"case": case_view(new)}, remembered(new), _slider(count, count), gr.skip()
    except Pix2PixError:  # deleted meanwhile: what is on screen stays there
        return gr.skip(), gr.skip(), gr.skip(), gr.Timer(active=False)
    kept = dataclasses.replace(old, moments=steps)
    return gr.skip(), kept, gr.update(maximum=max(len(steps), 2), interactive=True), gr.skip()


def _slider(value: int, count: int) -> dict[str, Any]:
    """A slider over 1 to ``count``; Gradio's cannot have a single place, so that one is only shown."""
    return gr.update(value=value, maximum=max(count, 2), interactive=count > 1)
