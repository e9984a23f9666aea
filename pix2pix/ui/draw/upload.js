// A photo instead of a drawing: chosen, dropped or pasted, sent to the server; its edges come back, or for
// a label model its labels.

import { loadImage, text } from "../shared/base.js";
import { asUrl, smaller } from "../shared/files.js";
import { config, say } from "./page.js";

const SEND_AS_IT_IS = 1_500_000; // bytes; larger photos are made smaller here, to spare the network
const SMALL_ENOUGH = 1024; // pixels, the longer side of what is then sent
const ANSWER_MS = 20_000;

export class Upload {
  // post(value) starts the event, show(image) puts the edges or labels on the canvas.
  constructor({ post, show }) {
    Object.assign(this, { post, show });
    this.number = 0;
    this.timer = null;
  }

  async send(file) {
    this.number += 1;
    const number = this.number;
    say(text("reading_photo"));
    const photo = await this.#read(file);
    if (number !== this.number) return; // another one was chosen meanwhile
    if (photo === null) {
      say(text("upload_large", { limit: Math.floor(config.uploadBytes / 1e6) }), true);
      return;
    }
    this.timer = setTimeout(() => say(text("upload_failed"), true), ANSWER_MS);
    this.post({ number, photo });
  }

  // answer: {number, edges, error}
  async receive({ number, edges, error }) {
    if (number !== this.number) return;
    clearTimeout(this.timer);
    say("");
    if (error) return; // the server's own message is on screen
    this.show(await loadImage(edges));
  }

  // The file as a data URL; what this browser cannot read goes as it is, and the server says what is
  // wrong with it. Null when it is too large to send.
  async #read(file) {
    if (file.size > SEND_AS_IT_IS) {
      try {
        return await smaller(file, (...sides) => SMALL_ENOUGH / Math.max(...sides), "image/jpeg", 0.92);
      } catch {
        if (file.size > config.uploadBytes) return null;
      }
    }
    return asUrl(file);
  }
}
