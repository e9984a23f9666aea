"""The Train tab in a real browser: from eight pairs to a model, over a reload, a pause and a rename."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sketchpad import PHONE
from support import assert_one_sentence, train_config, write_side_by_side

from benchmarks.speed.live import running_app
from train.loop import fit

PATIENCE = 240_000  # ms: a busy machine takes long to begin
TINY = {
    "image_size": "32",
    "width": "4",
    "discriminator_width": "4",
    "receptive_field": "16",
    "batch_size": "2",
    "workers": "0",
    "sample_every": "1",
    "save_every": "2",
}

pytestmark = pytest.mark.timeout(900)


@contextmanager
def app_with_runs(model: Path, home: Path) -> Iterator[str]:
    """The address of an app whose runs lie in ``home``; it may print no traceback."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIX2PIX_RUNS", str(home / "runs"))
        patch.setenv("PIX2PIX_TRAIN_THREADS", "1")
        patch.setenv("PIX2PIX_TRAIN_NICENESS", "1")
        with running_app(str(model), home) as app:
            yield app.url
    assert "Traceback" not in (home / "app.log").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_side_by_side(tmp_path_factory.mktemp("data") / "pairs", 8)


@pytest.fixture(scope="module")
def url(tiny_model: Path, pairs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with a finished run, "shapes", and room for others."""
    home = tmp_path_factory.mktemp("app")
    list(fit(train_config(pairs[0].parent, home / "runs" / "shapes", steps=20, batch_size=1)))
    with app_with_runs(tiny_model, home) as address:
        yield address


@pytest.fixture
def train(open_page: Callable[..., Page], url: str) -> Callable[..., Page]:
    def open_(**options: object) -> Page:
        page = open_page(url, **options)
        page.locator("#studio-tabs").get_by_role("tab").filter(has_text=re.compile("Train|학습")).click()
        page.locator("[data-run]").wait_for()
        return page

    return open_


def drop(page: Page, *paths: Path) -> None:
    page.locator("#train-files input[type=file]").set_input_files(list(paths))


def state(page: Page, wanted: str) -> None:
    page.wait_for_function(
        f"document.querySelector('[data-run]')?.dataset.state === '{wanted}'", timeout=PATIENCE
    )


def reported(page: Page) -> str:
    page.wait_for_function(
        "['done', 'bad'].includes(document.querySelector('[data-report]')?.dataset.state)", timeout=PATIENCE
    )
    return page.locator("[data-report]").inner_text()


def pick(page: Page, field: str, option: str) -> None:
    page.locator(f"{field} input").click()
    page.get_by_role("option", name=option, exact=True).click()


def test_from_pairs_to_a_model_over_a_reload(train: Callable[..., Page], pairs: list[Path]) -> None:
    page = train()
    drop(page, *pairs)
    assert "6 pairs to train on, 2 held out" in reported(page)
    assert "A\nthe input" in page.locator(".train-pairs").inner_text()
    expect(page.locator(".train-pairs img")).to_be_visible()

    page.locator("#train-minutes input").fill("20")  # longer than any machine needs for what follows
    page.locator("#train-more > button").click()
    for name, value in TINY.items():
        page.locator(f".train-option-{name}").locator("input, textarea").first.fill(value)
    pick(page, "#train-from", "Nothing (new networks)")
    page.locator("#train-start").click()
    state(page, "running")
    expect(page.locator(".train-run .train-name")).to_have_text("pictures")
    page.close()

    page = train()  # as after a reload
    state(page, "running")
    page.locator("#train-sheet img").wait_for(timeout=PATIENCE)
    page.locator("#train-canvas figure img").first.wait_for(timeout=PATIENCE)  # the drawing, translated
    page.get_by_role("button", name="Pause").click()
    state(page, "stopped")
    expect(page.locator("[data-run]")).to_contain_text("Paused and saved")
    page.get_by_role("button", name="Resume").click()
    state(page, "running")
    page.get_by_role("button", name="Stop and keep the model").click()
    state(page, "stopped")
    expect(page.locator("[data-run]")).to_contain_text("The model is kept")
    expect(page.locator(".train-row")).to_have_count(2)


def test_a_finished_run_is_trained_for_longer(train: Callable[..., Page]) -> None:
    def steps() -> int:
        shown = page.locator(".train-figures div", has_text=re.compile("^step", re.IGNORECASE)).locator("dd")
        return int(shown.inner_text().replace(",", ""))

    page = train()
    page.locator(".train-row", has_text="shapes").click()
    state(page, "finished")
    assert steps() == 20
    expect(page.locator("#train-resume")).to_be_hidden()  # there is nothing left of it
    page.locator("#train-more-minutes input").fill("0.01")
    page.locator("#train-longer").click()
    page.locator("#train-longer").wait_for(state="hidden", timeout=PATIENCE)  # it trains
    page.locator("#train-longer").wait_for(state="visible", timeout=PATIENCE)
    state(page, "finished")
    assert steps() > 20


def test_a_finished_run_is_named_taken_home_compared_and_deleted(
    train: Callable[..., Page], pairs: list[Path]
) -> None:
    page = train()
    page.locator(".train-row", has_text="shapes").click()
    state(page, "finished")
    expect(page.locator(".train-figures")).to_contain_text("sharpness")
    charts = page.locator("#train-curves figure")
    expect(charts).to_have_count(3)
    expect(charts.first.locator("path.train-of-gan").last).to_be_visible()
    for name in ("discriminator", "generator (GAN)"):  # no text cut off
        expect(charts.first.get_by_text(name)).to_be_in_viewport(ratio=1)

    page.locator("#train-actions > button").click()
    page.locator("#train-new-name input, #train-new-name textarea").first.fill("shoes <i>")
    page.locator("#train-rename").click()
    expect(page.locator(".train-run .train-name")).to_have_text("shoes <i>")
    with page.expect_download() as waiting:
        page.locator("#train-download").click()
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        assert "shoes <i>/generator.safetensors" in archive.namelist()

    page.locator("#train-compare > button").click()
    expect(page.locator("#train-left input")).to_have_value("shoes <i>")
    page.locator("#train-compare-go").click()  # a held-out pair, beside its target
    expect(page.locator(".train-sides img")).to_have_count(4, timeout=PATIENCE)
    expect(page.locator(".train-compare table")).to_contain_text("Against this target")
    page.get_by_label("My own picture").check()
    page.locator("#train-picture input[type=file]").set_input_files(pairs[0])
    page.locator("#train-picture img").wait_for()
    page.locator("#train-compare-go").click()
    expect(page.locator(".train-sides img")).to_have_count(3, timeout=PATIENCE)
    pictures = page.locator(".train-sides img").evaluate_all("images => images.map((image) => image.src)")
    assert len(set(pictures)) == 3
    expect(page.locator(".train-compare table")).to_contain_text("SSIM")

    mine = page.locator(".train-row", has_text="shoes <i>")
    page.locator("#train-delete").click()
    page.get_by_role("button", name="No, keep it").click()
    expect(mine).to_have_count(1)
    page.locator("#train-delete").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(mine).to_have_count(0)


def test_what_cannot_be_trained_on_is_said_and_nothing_starts(
    train: Callable[..., Page], tmp_path: Path
) -> None:
    page = train()
    page.locator("#train-start").click()
    toast = page.get_by_test_id("toast-text").first
    expect(toast).to_be_visible()
    assert_one_sentence(toast.inner_text().strip())
    (tmp_path / "note.txt").write_text("words")
    drop(page, tmp_path / "note.txt")
    assert_one_sentence(reported(page).strip())
    page.locator("#train-files button[aria-label='Clear']").first.click()
    page.wait_for_function("document.querySelector('[data-report]').dataset.state === ''")
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    drop(page, tmp_path / "broken.zip")
    text = reported(page)
    assert "cannot be trained on" in text and "broken.zip" in text and "/" not in text


def test_on_a_phone_nothing_is_wider_than_the_page(train: Callable[..., Page]) -> None:
    page = train(**PHONE, locale="ko-KR")
    page.locator("#train-more > button").click()
    page.locator(".train-option-width").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(page.get_by_role("button", name="학습 시작")).to_be_visible()
