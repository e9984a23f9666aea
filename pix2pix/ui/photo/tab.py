"""The Photo tab: wiring only; the work is in `darkroom` and `photo_batch`."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from pix2pix.errors import CheckpointError, ConfigError, ImageError, Pix2PixError
from pix2pix.ui.photo.controls import Controls, available, choose, model_of, next_seed, percent
from pix2pix.ui.photo.darkroom import Darkroom, Translation, download
from pix2pix.ui.photo.examples import EXAMPLES, offered, strip
from pix2pix.ui.photo.many import batch_panel
from pix2pix.ui.photo.shelf import Asked, Kept, Shelf
from pix2pix.ui.server.access import asked_by_owner, for_visitors
from pix2pix.ui.server.language import told
from pix2pix.ui.shared.events import IN_MODEL_QUEUE, QUIET, QUIET_ON_MODEL, saves
from pix2pix.ui.shared.messages import Picked, receive
from pix2pix.ui.shared.notices import left_out, notice, sent, tell_left_out, warn, warned
from pix2pix.ui.texts import translations

HEIGHT = 460  # of the pictures on the page, in its pixels
# Takes a file that was refused out of its field, and nothing that was put there since.
CLEAR = """(photo, refused) =>
  refused && photo && photo.path === refused ? null : { __type__: "update" }"""

# When a photo is taken out of its field, Gradio sends it once more: what the page shows is what counts.
SHOWN = """async (kept, photo, ...chosen) => {
  let shown = null;
  for (let tries = 0; photo && !shown && tries < 10; tries += 1) {
    await new Promise((done) => setTimeout(done, 50 + 5 * tries));
    shown = document.querySelector("#photo-input img");
  }
  return [kept, shown ? photo : null, ...chosen];
}"""

# The first look at the tab clicks the first example; a photo that is there stays, and so does a host's model.
GREET = """async (photo, model) => {
  const strip = document.querySelector("#photo-examples");
  if (!strip || strip.dataset.greeted || photo || model !== "MODEL") return;
  strip.dataset.greeted = "yes";
  let tile = null;
  for (let tries = 0; !tile && tries < 60; tries += 1) {
    tile = strip.querySelector("button");
    if (!tile) await new Promise((done) => setTimeout(done, 50));
  }
  if (tile && !document.querySelector("#photo-input img")) tile.click();
}""".replace("MODEL", EXAMPLES[0].model)


class Desk(NamedTuple):
    """The tab's components.

    missing, told: notices, about models and about the last photo.
    examples: thumbnails to click.
    refused: where the last upload lies, if it is no picture; never seen.
    file: what the button for the download hands to the browser; never seen.
    """

    missing: gr.HTML
    photo: gr.Image
    examples: gr.HTML
    lines: gr.Image
    controls: Controls
    another: gr.Button
    slider: gr.ImageSlider
    strength: gr.Slider
    save: gr.Button
    told: gr.HTML
    refused: gr.Textbox
    file: gr.DownloadButton


def photo_tab(darkroom: Darkroom, shelf: Shelf, tab: gr.Tab) -> None:
    """Add the tab to the Blocks that is being built."""
    with gr.Column(elem_id="photo"):
        text = translations()
        gr.Markdown(text("photo_heading"), elem_classes="p2p-heading")
        desk = _desk(darkroom, text)
        batch_panel(darkroom, shelf, desk.controls, desk.strength)
    on, kept = Listeners(darkroom, shelf), gr.State(None)
    _wire_photo(on, desk, kept)
    _wire_examples(on, desk, kept, tab)

    @for_visitors
    def refresh(*chosen: Any) -> tuple[Any, ...]:
        return available(darkroom, *chosen)

    models = [desk.controls.photo_model, desk.controls.trace_model]
    outputs = [*models, desk.missing]
    gr.on(None, refresh, None, outputs, queue=False, **QUIET)  # when the page opens
    # Without `preprocess`: a model that is gone is what the lists are read again for.
    tab.select(refresh, models, outputs, queue=False, preprocess=False, **QUIET)


def _desk(darkroom: Darkroom, text: gr.I18n) -> Desk:
    """The photo, its result, and what is to be done with it: in this order, for a phone.

    Where there is room, photo.css puts the result beside both.
    """
    missing = notice()
    with gr.Row(equal_height=False, elem_id="photo-desk"):
        with gr.Column(min_width=320):
            # "filepath" without a mode: Gradio leaves the file alone, the safe opener reads it.
            photo = gr.Image(
                label=text("photo_input"),
                sources=["upload", "webcam", "clipboard"],
                type="filepath",
                image_mode=None,
                height=300,
                elem_id="photo-input",
            )
        with gr.Column(min_width=320, elem_id="photo-right"):
            slider, strength, save, told, lines = _result(darkroom, text)
        with gr.Column(min_width=320):
            examples = strip(darkroom)
            controls, another = choose(darkroom, lines)
    unseen = gr.Textbox(visible=False), gr.DownloadButton(visible="hidden", elem_id="photo-file")
    return Desk(missing, photo, examples, lines, controls, another, slider, strength, save, told, *unseen)


def _result(darkroom: Darkroom, text: gr.I18n) -> tuple[Any, ...]:
    slider = gr.ImageSlider(
        label=text("photo_result"),  # type: ignore[arg-type]
        height=HEIGHT,
        max_height=HEIGHT,
        slider_position=30,  # most of the result
        interactive=False,
        buttons=["fullscreen"],
        elem_id="photo-slider",
    )
    strength = gr.Slider(
        0,
        100,
        100,
        step=1,
        label=text("photo_strength"),
        info=text("photo_strength_info"),
        elem_id="photo-strength",
    )
    save = gr.Button(text("photo_download"), interactive=False, elem_id="photo-download")
    told = notice("photo-told")
    lines = gr.Image(
        label=text("photo_lines"),
        interactive=False,
        visible=not darkroom.models.choices("photo"),
        height=280,
        buttons=[],
        elem_id="photo-lines",
    )
    return slider, strength, save, told, lines


class Listeners:
    """What a visitor does here. Of the translation on their page the page's state has a :class:`Kept`."""

    def __init__(self, darkroom: Darkroom, shelf: Shelf) -> None:
        self.darkroom, self.shelf = darkroom, shelf

    @for_visitors
    def answer(
        self, request: gr.Request, old: Kept | None, upload: object, *chosen: object
    ) -> tuple[Kept | None, dict[str, Any], str]:
        """Translate a photo, or forget the one that was taken out."""
        path = upload.get("path", "") if isinstance(upload, dict) else ""
        self.shelf.drop(request.session_hash, old, path)
        if upload is None:
            return None, {"lines": []}, ""
        try:
            file = sent(upload)
            return *self._translated(request, file.path, file.name, old, *chosen), ""
        except Pix2PixError as error:
            warn(error)
            broken = isinstance(error, ImageError)  # and would be shown as a broken picture
            return None, {"lines": []}, path if broken else ""

    def _translated(
        self, request: gr.Request, path: str, name: str, old: Kept | None, *chosen: Any
    ) -> tuple[Kept, dict[str, Any]]:
        """What is kept of a file's translation, and what is said of it."""
        order, translation = translate_file(self.darkroom, path, old, *chosen)
        lines = {"lines": report(translation, self.darkroom.settings.photo_side, name)}
        return self.shelf.keep(request.session_hash, translation, order, not asked_by_owner()), lines

    @for_visitors
    def show(self, request: gr.Request, kept: Kept | None, share: float) -> tuple[Any, ...]:
        """What was translated."""
        if kept is None:
            return None, gr.update(interactive=False), None
        return self.show_after(request, kept, share), gr.update(interactive=True), kept.lines

    @for_visitors
    def show_after(self, request: gr.Request, kept: Kept | None, share: float) -> Any:
        """The slider's two pictures, at another strength."""
        if kept is None:
            return gr.skip()
        with warned():
            return kept.before, self.shelf.mixed(request.session_hash, kept, percent(share))
        return None

    @for_visitors
    def make_file(self, request: gr.Request, kept: Kept | None, share: float) -> str | None:
        """The download, translated once more: as it was made a photo takes 20 MB to keep."""
        darkroom = self.darkroom
        with warned():
            if kept is None:
                raise ImageError("page.translation_gone")
            if darkroom.models.stamp(kept.model) != kept.stamp:
                raise CheckpointError("page.model_changed")
            photo = darkroom.open(kept.path, kept.model, (kept.format, kept.stored))
            translation = darkroom.translate(photo, kept.model, kept.seed, kept.detail)
            return self.shelf.put(request.session_hash, *download(translation, percent(share)))
        return None

    @for_visitors
    def take(
        self, request: gr.Request, event: gr.EventData, old: Kept | None, detail: object
    ) -> tuple[Any, ...]:
        """An example and its translation."""
        try:
            example = offered(self.darkroom)[receive(Picked, event._data).number]
            model, way = example.model, example.way
            chosen = (way, model, model, 0, detail)
            new, told = self._translated(request, example.path, example.file, None, *chosen)
        except (Pix2PixError, IndexError) as error:  # a model that has gone since the page opened
            warn(error if isinstance(error, Pix2PixError) else CheckpointError("page.example_gone"))
            return (gr.skip(),) * 10
        self.shelf.drop(request.session_hash, old, example.path)
        shown = gr.update(value=(new.before, new.after)), gr.update(interactive=True), new.lines
        models = (gr.skip(), model) if way == "trace" else (model, gr.skip())
        return example.path, new, told, *shown, way, *models, 100


def _wire_photo(on: Listeners, desk: Desk, kept: gr.State) -> None:
    """Whatever is changed translates the photo anew; the strength only mixes what the page shows."""
    controls, shares = desk.controls, [kept, desk.strength]
    # `change` would tell twice of a photo that replaces another.
    fields: list[Any] = [desk.photo, controls.way, controls.photo_model, controls.trace_model]
    answered = gr.on(
        [*(field.input for field in fields), controls.seed.change, controls.detail.release],
        on.answer,
        [kept, desk.photo, *controls],
        [kept, desk.told, desk.refused],
        js=SHOWN,
        preprocess=False,
        trigger_mode="always_last",
        **_busy(desk),
    )
    answered.then(on.show, shares, [desk.slider, desk.save, desk.lines], **QUIET)
    answered.then(None, [desk.photo, desk.refused], desk.photo, js=CLEAR, api_visibility="private")
    desk.strength.input(on.show_after, shares, desk.slider, trigger_mode="always_last", **QUIET)
    desk.another.click(next_seed, controls.seed, controls.seed, queue=False, **QUIET)
    desk.save.click(on.make_file, shares, desk.file, **QUIET_ON_MODEL).then(
        None, desk.file, None, js=saves("photo-file"), api_visibility="private"
    )


def _wire_examples(on: Listeners, desk: Desk, kept: gr.State, tab: gr.Tab) -> None:
    """A click on an example shows it with its translation; so does the first look at the tab."""
    controls = desk.controls
    outputs = [desk.photo, kept, desk.told, desk.slider, desk.save, desk.lines]
    outputs += [controls.way, controls.photo_model, controls.trace_model, desk.strength]
    desk.examples.input(on.take, [kept, controls.detail], outputs, **_busy(desk))
    tab.select(None, [desk.photo, controls.photo_model], None, js=GREET, api_visibility="private")


def _busy(desk: Desk) -> dict[str, Any]:
    """What events have in common that run a network while the visitor looks at the result."""
    shown: dict[str, Any] = {"show_progress": "full", "show_progress_on": desk.slider}
    return {**IN_MODEL_QUEUE, **shown, "api_visibility": "private"}


def translate_file(
    darkroom: Darkroom, path: str, old: Kept | None, *chosen: Any
) -> tuple[Asked, Translation]:
    """Translate an uploaded file as the controls say; see :meth:`Darkroom.translate` for the errors.

    Args:
        old: the translation before it, perhaps of the same file.
        chosen: the values of :class:`Controls`.

    Returns:
        What was asked for, and the translation.
    """
    *ways, seed, detail = chosen
    model = model_of(darkroom, *ways)
    stamp = darkroom.models.stamp(model)
    known = (old.format, old.stored) if old and old.path == path else None
    translation = darkroom.translate(darkroom.open(path, model, known), model, seed, detail)
    return (path, model, seed, detail, stamp), translation


def report(translation: Translation, side: int, name: str) -> list[dict[str, Any]]:
    """The lines below a result: keys of the texts, and what to fill in."""
    (width, height), photo = translation.before.size, translation.photo
    lines: list[dict[str, Any]] = [
        {
            "key": "photo_done",
            "width": width,
            "height": height,
            "model": translation.model,
            "seed": translation.seed,
            "seconds": round(translation.seconds, 2 if translation.seconds < 1 else 1),
        }
    ]
    lines += left_out(name, photo.stored)
    if photo.reduced:
        sizes = {"from_width": photo.size[0], "from_height": photo.size[1]}
        now = {"width": photo.image.width, "height": photo.image.height}
        lines.append({"key": "photo_reduced", "side": side, **sizes, **now})
    if translation.enlarged > 1:
        lines.append({"key": "photo_enlarged", "times": round(translation.enlarged, 1)})
    if translation.lines is not None:
        lines.append({"key": "photo_traced", "side": max(translation.lines.size)})
    return lines


def translate_endpoint(darkroom: Darkroom, shelf: Shelf) -> None:
    """Add the public API endpoint ``/translate``; its components are never shown."""
    photo = gr.File(visible=False, label="photo: PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC")
    model = gr.Textbox("", visible=False, label="model: its name, empty for the first one for photos")
    seed = gr.Number(0, precision=0, visible=False, label="seed: whole number from 0")
    strength = gr.Number(1.0, visible=False, label="strength: 0 is the photo, 1 the translation")
    result = gr.File(visible=False, label="the translated photo")

    @for_visitors
    def translate(
        request: gr.Request, photo: Any, model: Any = "", seed: Any = 0, strength: Any = 1.0
    ) -> str:
        """Translate a photo, of any size and aspect; a model of edges gets the photo's traced lines.

        Args:
            photo: a picture file. Its longest side is reduced to the app's limit, 2048 pixels by default; of
                an animation the first picture is taken, of more bands than three the first three.
            model: one of the page's models, by its name or folder; empty for the first one for photos.
            seed: whole number; the same photo, model and seed always give the same result.
            strength: from 0, the photo itself, to 1, the translation.

        Returns:
            The result as a file of the photo's format, without the photo's metadata.
        """
        try:
            if not isinstance(model, str):
                raise ConfigError("page.model_not_a_name")
            file = sent(photo)
            translation = darkroom.translate(darkroom.open(file.path, model), model, seed)
            name, data = download(translation, strength)
        except Pix2PixError as error:
            raise gr.Error(told(error), print_exception=False) from error
        tell_left_out(file.name, translation.photo.stored)
        return shelf.put(request.session_hash, name, data)

    gr.on(
        gr.Button(visible=False).click,
        translate,
        [photo, model, seed, strength],
        result,
        api_name="translate",
        preprocess=False,
        **IN_MODEL_QUEUE,
    )
