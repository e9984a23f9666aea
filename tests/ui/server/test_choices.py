"""A choice that was not offered: forged by hand, or of a list that changed, never a traceback in the log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio.blocks import BlockFunction
from support import assert_one_sentence, train_config

from pix2pix.messages import Message
from pix2pix.ui import Settings, build, serve
from train.loop import fit


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def served(
    tiny_model: Path, runs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[gr.Blocks, str]]:
    settings = Settings(model=str(tiny_model), runs=str(runs))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        demo = build(settings)
        address = serve(demo, settings, server_name="127.0.0.1", quiet=True)
        yield demo, address
        demo.close()


def answered(url: str, fn_index: int, data: list[Any], session: str = "test") -> dict[str, Any]:
    """What the page itself sends, by hand, and the answer."""
    body = {"data": data, "fn_index": fn_index, "session_hash": session}
    assert httpx.post(f"{url}gradio_api/queue/join", json=body, timeout=30).status_code == 200
    with httpx.stream("GET", f"{url}gradio_api/queue/data?session_hash={session}", timeout=60) as stream:
        for line in stream.iter_lines():
            if "process_completed" in line:
                answer: dict[str, Any] = json.loads(line.removeprefix("data:"))
                return answer
    raise AssertionError("no answer")


def listeners(demo: gr.Blocks) -> list[tuple[int, list[Any], int]]:
    """Number, what the untouched page sends, and place of the choice, for each choice of each listener."""
    found = []
    for number, fn in demo.fns.items():
        for place, block in enumerate(fn.inputs):
            if isinstance(block, (gr.Dropdown, gr.Radio)) and fn.preprocess:
                found.append((number, [getattr(one, "value", None) for one in fn.inputs], place))
    return found


def named(fn: BlockFunction, name: str) -> bool:
    """Whether a listener calls the function of that name; some call none, only a script of the page."""
    return fn.fn is not None and fn.fn.__name__ == name


def number_of(demo: gr.Blocks, name: str) -> int:
    """The only listener of that name."""
    (number,) = (n for n, fn in demo.fns.items() if named(fn, name))
    return number


def refusal(demo: gr.Blocks, number: int, data: list[Any]) -> gr.Error | None:
    """What a listener's inputs are refused with."""
    # In a thread of its own: a browser test before this one may have left a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        asked = demo.preprocess_data(demo.fns[number], data, None)
        error = pool.submit(asyncio.run, asked).exception()
    assert error is None or isinstance(error, gr.Error), error
    return error


def test_no_listener_gets_a_choice_that_was_not_offered(served: tuple[gr.Blocks, str]) -> None:
    demo, _ = served
    found = listeners(demo)
    assert len({demo.fns[number].inputs[place]._id for number, _, place in found}) > 8
    for number, data, place in found:
        assert refusal(demo, number, data) is None
        built = demo.fns[number].inputs[place].value
        forged = ["forged", 5, {"path": "/etc/passwd"}, [], [built]]
        for value in forged if built is None else [*forged, None]:
            error = refusal(demo, number, [*data[:place], value, *data[place + 1 :]])
            assert error is not None, (demo.fns[number].fn, place, value)
            assert not error.print_exception
            assert_one_sentence(error.message)


@pytest.mark.parametrize("name", ["on_run", "fields", "begin"])
def test_the_page_gets_the_sentence_and_the_log_nothing(
    served: tuple[gr.Blocks, str], capfd: pytest.CaptureFixture[str], name: str
) -> None:
    demo, url = served
    number, data, place = next(one for one in listeners(demo) if named(demo.fns[one[0]], name))
    answer = answered(url, number, [*data[:place], "forged", *data[place + 1 :]])
    assert not answer["success"] and answer["output"]["error"] == Message("page.not_offered")
    assert "Traceback" not in "".join(capfd.readouterr())


def test_another_value_that_a_component_refuses_prints_nothing_either(
    served: tuple[gr.Blocks, str], capfd: pytest.CaptureFixture[str]
) -> None:
    demo, url = served
    number = number_of(demo, "show")
    data = [1000 if isinstance(one, gr.Slider) else None for one in demo.fns[number].inputs]
    assert 1000 in data and not answered(url, number, data)["success"]
    assert "Traceback" not in "".join(capfd.readouterr())


def test_the_list_that_a_visitor_has_counts(served: tuple[gr.Blocks, str], shapes: Path, runs: Path) -> None:
    demo, url = served
    number = number_of(demo, "on_run")
    fn = demo.fns[number]
    ((place, picker),) = ((n, one) for n, one in enumerate(fn.inputs) if isinstance(one, gr.Dropdown))
    (read_again,) = (n for n, fn in demo.fns.items() if fn.outputs == [picker] and not fn.inputs)
    list(fit(train_config(shapes, runs / "new", steps=1, sample_every=1e-6)))
    data = [None] * len(fn.inputs)
    data[place] = "new"
    assert not answered(url, number, data)["success"]
    assert answered(url, read_again, [])["success"]
    assert answered(url, number, data)["success"]
    assert not answered(url, number, data, "another visitor")["success"]


def test_a_listener_that_reads_for_itself_says_it_in_a_sentence(
    served: tuple[gr.Blocks, str], capfd: pytest.CaptureFixture[str]
) -> None:
    demo, url = served
    number = number_of(demo, "on_model")
    for forged in ("forged", 5, [], {"path": "/etc/passwd"}):
        answer = answered(url, number, [forged, 0, None])
        assert answer["success"]
        assert_one_sentence(answer["output"]["data"][0]["error"])
    assert "Traceback" not in "".join(capfd.readouterr())
