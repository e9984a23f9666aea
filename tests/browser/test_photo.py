"""The Photo tab as a person uses it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Request, Route, expect
from sketchpad import PHONE
from support import assert_one_sentence, make_checkpoint, noise_picture, tiny_generator

from pix2pix.images import open_image
from pix2pix.translator import Translator
from pix2pix.ui.photo.darkroom import blend


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model for photos, which the app is started with."""
    network = tiny_generator(width=4, image_size=64, norm="instance", halvings=3, head="relight")
    return make_checkpoint(tmp_path_factory.mktemp("models") / "night", network, input="photo")


@pytest.fixture
def studio(open_page: Callable[..., Page], serve: Callable[[Path], str], night: Path) -> Callable[..., Page]:
    def open_(**options: object) -> Page:
        page = open_page(serve(night), **options)
        page.get_by_role("tab").nth(1).click()
        page.wait_for_selector("#photo-input input[type=file]", state="attached")
        return page

    return open_


def photo(path: Path, width: int = 320, height: int = 200, format: str = "PNG") -> Path:
    noise_picture(width // 20, height // 20).resize((width, height)).save(path, format)
    return path


def choose(page: Page, path: Path) -> None:
    page.locator("#photo-input input[type=file]").first.set_input_files(path)


def wait_for_result(page: Page, words: str = "pixels") -> None:
    expect(page.locator("#photo-told [data-notice]")).to_contain_text(words, timeout=60_000)
    expect(page.locator("#photo-download")).to_be_enabled(timeout=60_000)


def saved(page: Page, selector: str = "#photo-download") -> tuple[str, bytes]:
    with page.expect_download(timeout=60_000) as waiting:
        page.locator(selector).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def assert_same_picture(ours: Image.Image, theirs: Image.Image) -> None:
    """But for the last bit, which depends on how many threads the network had."""
    assert ours.size == theirs.size
    assert np.abs(np.asarray(ours, int) - np.asarray(theirs, int)).max() <= 1


def test_the_tab_begins_with_an_example_a_click_shows_another_and_it_can_be_taken_out(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tiny_model: Path
) -> None:
    page = open_page(serve(tiny_model))
    page.get_by_role("tab").nth(1).click()
    wait_for_result(page, "640 x 427 pixels, day2night")
    expect(page.locator("#photo-input img")).to_have_attribute("src", re.compile("temple.jpg"))
    expect(page.locator("#photo-slider img")).to_have_count(2)
    page.locator("#photo-examples button").last.click()
    wait_for_result(page, "edges2photo")
    expect(page.locator("#photo-lines img")).to_be_visible()
    expect(page.locator("#photo-wants")).to_contain_text("a shoe or a bag")
    page.get_by_role("tab").nth(0).click()
    page.get_by_role("tab").nth(1).click()  # what is there stays
    expect(page.locator("#photo-input img")).to_have_attribute("src", re.compile("sandal.jpg"))
    page.locator("#photo-input button[aria-label='Remove Image']").click()
    expect(page.locator("#photo-download")).to_be_disabled()
    expect(page.locator("#photo-slider img")).to_have_count(0)


def test_a_model_that_the_host_chose_stays_chosen(studio: Callable[..., Page], tmp_path: Path) -> None:
    page = studio()
    choose(page, photo(tmp_path / "mine.png"))
    wait_for_result(page, "night")
    expect(page.locator("#photo-input img")).not_to_have_attribute("src", re.compile("temple"))


def test_a_photo_is_translated_blended_and_downloaded_in_its_format(
    studio: Callable[..., Page], tmp_path: Path, night: Path
) -> None:
    page = studio()
    choose(page, photo(tmp_path / "mine.png"))
    wait_for_result(page, "320 x 200 pixels")
    assert page.locator("#photo-slider img").count() == 2
    before = open_image(tmp_path / "mine.png")
    after = Translator.load(night).translate(before)
    name, data = saved(page)
    assert name == "photo-night.png"
    assert_same_picture(open_image(data), after)

    runs: list[str] = []  # of a network: all of them send the upload
    page.on(
        "request", lambda request: runs.append(request.url) if "mine" in (request.post_data or "") else None
    )
    address = page.locator("#photo-slider img").last.get_attribute("src")
    page.locator("#photo-strength input[type=range]").fill("40")
    expect(page.locator("#photo-slider img").last).not_to_have_attribute("src", str(address), timeout=30_000)
    assert_same_picture(open_image(saved(page)[1]), blend(before, after, 0.4))
    assert not runs

    page.get_by_role("button", name="Another version").click()
    wait_for_result(page, "seed 1")
    assert runs


def test_a_photo_that_is_too_large_is_reduced_and_that_is_said(
    studio: Callable[..., Page], tmp_path: Path
) -> None:
    page = studio()
    choose(page, photo(tmp_path / "large.jpg", 2600, 1300, "JPEG"))
    wait_for_result(page, "reduced to 2048 x 1024")
    name, data = saved(page)
    assert name == "photo-night.jpg" and Image.open(io.BytesIO(data)).size == (2048, 1024)


def test_a_photo_is_traced_and_the_lines_become_a_photo(studio: Callable[..., Page], tmp_path: Path) -> None:
    page = studio()
    page.get_by_text("Trace edges").click()
    expect(page.get_by_label("Model that paints")).to_be_visible()
    choose(page, photo(tmp_path / "mine.jpg", format="JPEG"))
    wait_for_result(page, "edges2photo")
    expect(page.locator("#photo-lines img")).to_be_visible()
    name, data = saved(page)
    assert name == "photo-edges2photo.jpg" and Image.open(io.BytesIO(data)).size == (320, 200)


def test_a_bad_file_is_refused_in_one_sentence(studio: Callable[..., Page], tmp_path: Path) -> None:
    page = studio()
    bad = tmp_path / "bad.bmp"
    bad.write_bytes(b"BM and nothing else")
    for before in (None, photo(tmp_path / "before.png")):  # into the empty field, and in place of a photo
        if before:
            choose(page, before)
            wait_for_result(page)
        choose(page, bad)
        toast = page.get_by_test_id("toast-text")
        expect(toast).to_have_count(1, timeout=30_000)
        assert_one_sentence(toast.inner_text().strip())
        expect(page.locator("#photo-download")).to_be_disabled()
        expect(page.locator("#photo-input img")).to_have_count(0)  # no broken picture
        expect(toast).to_have_count(1)
        page.get_by_test_id("toast-close").click()
    choose(page, photo(tmp_path / "good.png"))
    wait_for_result(page)


def test_a_photo_put_in_while_a_bad_file_is_being_refused_stays(
    studio: Callable[..., Page], tmp_path: Path
) -> None:
    page, held = studio(), list[Route]()
    bad = tmp_path / "bad.bmp"
    bad.write_bytes(b"BM and nothing else")

    def hold(route: Route) -> None:
        if "bad.bmp" in (route.request.post_data or ""):
            held.append(route)  # the question about the bad file waits; all others go on
        else:
            route.continue_()

    page.route("**/queue/join*", hold)
    with page.expect_request("**/queue/join*"):
        choose(page, bad)
    choose(page, photo(tmp_path / "good.png"))
    expect(page.locator("#photo-input img")).to_have_attribute("src", re.compile("good.png"), timeout=30_000)
    held[0].continue_()
    expect(page.get_by_test_id("toast-text")).to_have_count(1, timeout=30_000)
    wait_for_result(page, "320 x 200 pixels")
    expect(page.locator("#photo-input img")).to_have_attribute("src", re.compile("good.png"))


def test_a_photo_in_place_of_another_is_translated_once(studio: Callable[..., Page], tmp_path: Path) -> None:
    page, asked = studio(), list[str]()

    def note(request: Request) -> None:
        if "/queue/join" in request.url and "second.png" in (request.post_data or ""):
            asked.append(request.url)

    page.on("request", note)
    for name, width in (("first.png", 320), ("second.png", 300), ("third.png", 280)):
        choose(page, photo(tmp_path / name, width))
        wait_for_result(page, f"{width} x 200 pixels")
    assert len(asked) == 1


def test_many_photos_become_a_zip_and_a_bad_one_is_named(studio: Callable[..., Page], tmp_path: Path) -> None:
    page = studio()
    page.get_by_text("Many photos at once").click()
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    files = [photo(tmp_path / "a.png"), bad, photo(tmp_path / "b.jpg", format="JPEG")]
    page.locator("#photo-files input[type=file]").set_input_files(files)
    expect(page.locator("#photo-files")).to_contain_text(re.compile(r"b\s?\.jpg"), timeout=30_000)
    page.get_by_role("button", name="Translate all").click()
    told = page.locator("#photo-batch-told [data-notice]")
    expect(told).to_contain_text("2 of 3 photos are in the zip", timeout=60_000)
    expect(told).to_contain_text("bad.png: ")
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_text("Download the zip").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert archive.namelist() == ["a-night.png", "b-night.jpg"]
        assert np.asarray(open_image(archive.read("b-night.jpg"))).std() > 0


def edge(page: Page, selector: str, side: str) -> float:
    return float(page.evaluate(f"document.querySelector('{selector}').getBoundingClientRect().{side}"))


def test_a_phone_shows_all_of_it(studio: Callable[..., Page], tmp_path: Path) -> None:
    page = studio(**PHONE, locale="ko-KR")
    expect(page.get_by_text("사진을 그대로 변환하기")).to_be_visible()
    height = page.evaluate("document.documentElement.scrollHeight")
    choose(page, photo(tmp_path / "mine.png"))
    wait_for_result(page, "픽셀")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("window.scrollTo(0, 0)")
    top, bottom = (edge(page, "#photo-slider", side) for side in ("top", "bottom"))
    assert 0 < top < bottom <= 844  # the result is on the screen with the photo, the controls come after it
    for control in ("#photo-strength", "#photo-way", "#photo-model", "#photo-version"):
        assert edge(page, control, "top") >= bottom
    assert abs(page.evaluate("document.documentElement.scrollHeight") - height) <= 24  # nothing jumps
