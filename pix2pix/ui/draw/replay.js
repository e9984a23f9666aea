// The timeline in motion: on screen, or as an animated picture of drawing and photo side by side.

import { loadImage, text } from "../shared/base.js";
import { layer } from "../shared/shapes.js";
import { animatedPng } from "./apng.js";
import { askPhoto } from "./ask.js";
import { download, press, say } from "./page.js";

const STEP_MS = 140; // at least, of a replay on screen
const STEP_WAIT_MS = 1500; // at most, for a step's photo
const FRAME_SHOWN_MS = 160; // in the animated picture
const LAST_SHOWN_MS = 2000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Replay {
  // drawing() is the one on the canvas; show(step) paints a step and asks for its photo, show(null) goes back
  // to the drawing; settled() tells whether the photo is there; request(step) is for the animated picture:
  // {picture, drawing, model, seed}, drawing null where it is blank.
  constructor({ drawing, show, settled, request }) {
    Object.assign(this, { drawing, show, settled, request });
    this.run = 0;
    this.playing = false;
    this.saving = false;
  }

  stop() {
    this.run += 1;
    this.saving = false;
    if (!this.playing) return;
    this.playing = false;
    press("replay", false);
    this.show(null);
  }

  async play() {
    if (this.playing) return this.stop();
    this.stop();
    const { run } = this;
    this.playing = true;
    press("replay", true);
    for (const step of this.drawing().steps()) {
      this.show(step);
      const began = performance.now();
      do await pause(STEP_MS);
      while (run === this.run && !this.settled() && performance.now() - began < STEP_WAIT_MS);
      if (run !== this.run) return undefined;
    }
    return this.stop();
  }

  // An animated PNG of how drawing and photo came about. The first picture, for programs that know no
  // animation, is the last one.
  async save(name, side) {
    this.stop();
    const { run } = this;
    this.saving = true;
    const steps = this.drawing().steps();
    const frames = [];
    for (const [i, step] of steps.entries()) {
      say(text("animation_progress", { at: i + 1, all: steps.length }));
      const { picture, ...request } = this.request(step);
      const answer = request.drawing ? await askPhoto(request) : {};
      if (run !== this.run) return say(""); // someone draws again
      if (answer.error) return say(answer.error, true);
      frames.push(await this.#frame(picture, answer.photo, side));
    }
    this.saving = false;
    const still = frames.at(-1);
    const timed = frames.map((png, i) => ({
      png,
      ms: i === frames.length - 1 ? LAST_SHOWN_MS : FRAME_SHOWN_MS,
    }));
    download(`${name}.png`, animatedPng(timed, still));
    return say("");
  }

  async #frame(picture, photo, side) {
    const context = layer(side);
    context.canvas.width = 2 * side;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, 2 * side, side);
    context.drawImage(picture, 0, 0, side, side);
    if (photo) context.drawImage(await loadImage(photo), side, 0, side, side);
    const blob = await new Promise((resolve) => context.canvas.toBlob(resolve, "image/png"));
    return new Uint8Array(await blob.arrayBuffer());
  }
}
