// The way from the drawing to the photo and back: throttled frames out, numbered answers in.
//
// At most one frame is on its way, and the next one sent is always the newest; the final one, of a stroke that
// has ended, goes at once. Each frame has a number; an answer that is older than the photo on screen, than a
// cleared canvas or than the model is dropped.

import { say, text } from "../shared/base.js";
import { layer } from "../shared/shapes.js";
import { download, find, root } from "./page.js";

const FRAME_MS = 50; // at most 20 frames a second
const LATE_MS = 1000; // then canvas.js makes Gradio's page listen again
const SLOW_MS = 6000; // then say that we are still waiting
const LOST_MS = 20_000; // then a frame without an answer holds up no other
const NEED_PHOTO = ["save-photo", "save-both"];

export class Live {
  // snapshot() gives {url, blank} of the model's own picture; extra() what else goes with each frame;
  // post(value) starts the event; judged(map, sentence) is told what the critic saw in the photo shown.
  constructor({ snapshot, extra, post, judged }) {
    Object.assign(this, { snapshot, extra, post, judged });
    this.photo = find("[data-photo]");
    this.notice = find("[data-wait]");
    this.time = find("[data-time]");
    this.seedField = find("[data-seed]");
    this.number = 0; // of the newest frame
    this.shown = 0; // of the photo on screen; nothing up to it is shown any more
    this.sentAt = 0;
    this.sent = new Map(); // number of each frame without an answer yet -> {at, url, final}
    this.pair = null; // {drawing, photo} as data URLs, once the final photo of a drawing is there
    this.ready = false; // whether there has been a photo yet
    this.last = ""; // what was asked for, so that nothing is asked twice
    this.timer = null;
    this.waiting = false; // whether there is something new to send once the frame on its way is answered
    this.slow = null;
  }

  get mostSeed() {
    return Number(this.seedField.max);
  }

  get seed() {
    const seed = Math.trunc(Number(this.seedField.value));
    return Number.isFinite(seed) ? Math.min(Math.max(seed, 0), this.mostSeed) : 0;
  }

  set seed(seed) {
    this.seedField.value = seed;
    this.request(true);
  }

  get settled() {
    return !this.sent.size;
  }

  // Whether an answer takes longer than it should.
  get late() {
    const now = performance.now();
    return [...this.sent.values()].some((frame) => now - frame.at > LATE_MS);
  }

  // Ask for a photo now (`final`) or at the next tick of the throttle.
  request(final) {
    const wait = this.sentAt + FRAME_MS - performance.now();
    if (final || wait <= 0) {
      clearTimeout(this.timer);
      this.timer = null;
      this.#send(final);
    } else {
      this.timer ??= setTimeout(() => this.request(false), wait);
    }
  }

  // What is on its way came from another model: it is not shown any more. Of another kind of drawing not
  // even the photo on screen is.
  forget(photoToo) {
    this.last = "";
    this.pair = null;
    this.#count();
    this.shown = this.number;
    this.sent.clear();
    this.waiting = false;
    this.#wait(false);
    if (photoToo) this.#show(null);
  }

  get #busy() {
    const now = performance.now();
    return [...this.sent.values()].some((frame) => !frame.final && now - frame.at < LOST_MS);
  }

  #send(final) {
    this.waiting = !final && this.#busy;
    if (this.waiting) return;
    const { url, blank } = this.snapshot();
    this.sentAt = performance.now();
    find("[data-do='reset-seed']").disabled = this.seed === 0;
    if (blank) {
      this.forget(true);
      this.#say(text("photo_hint"));
      return;
    }
    const rest = { seed: this.seed, final, ...this.extra() };
    const asked = `${JSON.stringify(rest)} ${url}`;
    if (asked === this.last) return;
    this.last = asked;
    this.pair = null;
    this.#count();
    this.sent.set(this.number, { at: this.sentAt, url, final });
    this.#wait(true);
    this.post({ number: this.number, ...rest, drawing: url });
  }

  #count() {
    this.number += 1;
    root.dataset.frame = this.number;
  }

  // answer: {number, photo, seed, ms, error, critic, critic_error}
  receive({ number, photo, seed, ms, error, critic, critic_error: complaint }) {
    const sent = this.sent.get(number);
    for (const old of this.sent.keys()) if (old <= number) this.sent.delete(old);
    if (!this.sent.size) this.#wait(false);
    if (this.waiting) this.request(false);
    if (number <= this.shown) return;
    if (error) {
      this.last = "";
      this.#say(error, true);
      return;
    }
    if (!photo) return;
    this.ready = true;
    this.shown = number;
    if (sent?.final && number === this.number) this.pair = { drawing: sent.url, photo };
    this.#show(photo, text("photo_alt", { seed }), () => {
      const total = sent === undefined ? ms : performance.now() - sent.at;
      this.time.textContent = text("time", { model: Math.round(ms), total: Math.round(total) });
      this.photo.dataset.number = number;
      this.judged(critic, complaint);
      this.photo.dispatchEvent(new CustomEvent("p2p:shown", { bubbles: true, detail: { number, ms } }));
    });
    this.#say("");
  }

  #show(url, alt = "", loaded = null) {
    this.photo.onload = loaded;
    this.photo.hidden = !url;
    this.photo.alt = alt;
    if (url) this.photo.src = url;
    else this.photo.removeAttribute("src");
    if (!url) this.time.textContent = "";
    if (!url) this.judged(null, null);
    for (const name of NEED_PHOTO) find(`[data-do='${name}']`).disabled = !url;
  }

  #say(sentence, isError = false) {
    say(this.notice, sentence, isError);
    if (isError) this.notice.setAttribute("role", "alert");
    else this.notice.removeAttribute("role");
  }

  #wait(pending) {
    root.toggleAttribute("data-pending", pending);
    clearTimeout(this.slow);
    if (!pending) return;
    if (!this.ready && !this.notice.classList.contains("p2p-error")) {
      this.#say(text("photo_waiting"));
    }
    this.slow = setTimeout(() => {
      this.last = ""; // the answer may be lost: the same drawing can be asked for again
      if (!this.photo.hidden) this.time.textContent = text("slow");
    }, SLOW_MS);
  }

  // Save pictures side by side as one PNG.
  save(name, side, ...pictures) {
    const context = layer(side);
    context.canvas.width = side * pictures.length;
    pictures.forEach((picture, i) => context.drawImage(picture, i * side, 0, side, side));
    context.canvas.toBlob((blob) => download(`${name}.png`, blob), "image/png");
  }
}
