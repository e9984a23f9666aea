// The way from the drawing to the photo and back: throttled frames out, numbered answers in.
//
// The event is queued with trigger_mode="always_last", so at most one frame is on its way and the next
// one sent is always the newest. Each frame has a number; an answer that is older than the photo on
// screen, or than a cleared canvas, is dropped.

const FRAME_MS = 50; // at most 20 frames a second
const SLOW_MS = 6000; // then say that we are still waiting

class Live {
  // snapshot() gives {url, blank} of the model's own picture; post(value) starts the event.
  constructor({ root, text, snapshot, post }) {
    Object.assign(this, { root, text, snapshot, post });
    this.photo = root.querySelector("[data-photo]");
    this.notice = root.querySelector("[data-wait]");
    this.time = root.querySelector("[data-time]");
    this.seedField = root.querySelector("[data-seed]");
    this.number = 0; // of the newest frame
    this.shown = 0; // of the photo on screen; nothing up to it is shown any more
    this.sentAt = 0;
    this.started = new Map(); // when each frame that has no answer yet was sent
    this.ready = false; // whether there has been a photo yet
    this.last = ""; // what was asked for, so that nothing is asked twice
    this.timer = null;
    this.slow = null;
  }

  get seed() {
    const seed = Math.trunc(Number(this.seedField.value));
    return Number.isFinite(seed) ? Math.min(Math.max(seed, 0), Number(this.seedField.max)) : 0;
  }

  set seed(seed) {
    this.seedField.value = seed;
    this.request(true);
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

  #send(final) {
    const { url, blank } = this.snapshot();
    this.sentAt = performance.now();
    this.root.querySelector("[data-do='reset-seed']").disabled = this.seed === 0;
    if (blank) {
      this.#forget();
      return;
    }
    const asked = `${this.seed} ${final} ${url}`;
    if (asked === this.last) return;
    this.last = asked;
    this.#count();
    this.started.set(this.number, this.sentAt);
    this.#wait(true);
    this.post({ number: this.number, seed: this.seed, final, drawing: url });
  }

  #count() {
    this.number += 1;
    this.root.dataset.frame = this.number;
  }

  // A blank canvas asks for nothing, and what is still on its way belongs to a drawing that is gone.
  #forget() {
    this.last = "";
    this.#count();
    this.shown = this.number;
    this.started.clear();
    this.#wait(false);
    this.#show(null);
    this.#say(this.text("photo_hint"));
  }

  // answer: {number, photo, seed, ms, error}
  receive(answer) {
    const { number, photo, seed, ms, error } = answer;
    const started = this.started.get(number);
    for (const old of this.started.keys()) if (old <= number) this.started.delete(old);
    if (!this.started.size) this.#wait(false);
    if (number <= this.shown) return;
    if (error) {
      this.last = "";
      this.#say(error, true);
      return;
    }
    if (!photo) return;
    this.ready = true;
    this.shown = number;
    this.#show(photo, this.text("photo_alt", { seed }), () => {
      const total = started === undefined ? ms : performance.now() - started;
      this.time.textContent = this.text("time", { model: Math.round(ms), total: Math.round(total) });
      this.photo.dataset.number = number;
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
    for (const name of ["save-photo", "save-both"]) {
      this.root.querySelector(`[data-do='${name}']`).disabled = !url;
    }
  }

  #say(sentence, isError = false) {
    this.notice.textContent = sentence;
    this.notice.hidden = !sentence;
    this.notice.classList.toggle("p2p-error", isError);
    if (isError) this.notice.setAttribute("role", "alert");
    else this.notice.removeAttribute("role");
  }

  #wait(pending) {
    this.root.toggleAttribute("data-pending", pending);
    clearTimeout(this.slow);
    if (!pending) return;
    if (!this.ready && !this.notice.classList.contains("p2p-error")) {
      this.#say(this.text("photo_waiting"));
    }
    this.slow = setTimeout(() => {
      this.last = ""; // the answer may be lost: the same drawing can be asked for again
      if (!this.photo.hidden) this.time.textContent = this.text("slow");
    }, SLOW_MS);
  }

  // Save pictures side by side as one PNG, made here: nothing is written on the server.
  save(name, side, ...pictures) {
    const context = layer(side);
    context.canvas.width = side * pictures.length;
    pictures.forEach((picture, i) => context.drawImage(picture, i * side, 0, side, side));
    context.canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${name}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    }, "image/png");
  }
}
