// The noise z: six versions of the drawing, and how much the photo differs between them.
//
// Pictures beside the live one are asked for one at a time, so that other visitors' strokes, and one's own,
// come in between.

import { loadImage, make, text } from "../shared/base.js";
import { layer } from "../shared/shapes.js";
import { askPhoto } from "./ask.js";
import { cssRamp, MOST_SPREAD, paintMap, SPREAD_COLOURS } from "./overlay.js";
import { find, press, say } from "./page.js";

const VERSIONS = 6;

// Pictures of one size -> the standard deviation of each pixel over them, the mean of its channels, in
// levels of 255, divided by MOST_SPREAD.
export async function spreadOf(urls, side) {
  const sums = new Float32Array(3 * side * side);
  const squares = new Float32Array(3 * side * side);
  const context = layer(side, { willReadFrequently: true });
  for (const url of urls) {
    context.drawImage(await loadImage(url), 0, 0, side, side);
    const { data } = context.getImageData(0, 0, side, side);
    for (let i = 0; i < sums.length; i += 1) {
      const value = data[4 * Math.floor(i / 3) + (i % 3)];
      sums[i] += value;
      squares[i] += value * value;
    }
  }
  const count = urls.length;
  return Float32Array.from({ length: side * side }, (_, pixel) => {
    let total = 0;
    for (let i = 3 * pixel; i < 3 * pixel + 3; i += 1) {
      total += Math.sqrt(Math.max(squares[i] / count - (sums[i] / count) ** 2, 0));
    }
    return total / 3 / MOST_SPREAD;
  });
}

export class Versions {
  // current() gives {drawing, model, seed, mostSeed, side}, drawing null where it is blank;
  // choose(seed) takes a version; map(values, side) shows the uncertainty, unmap() takes it away.
  constructor({ current, choose, map, unmap }) {
    Object.assign(this, { current, choose, map, unmap });
    this.panel = find("[data-sheet]");
    this.tiles = find("[data-tiles]");
    this.run = 0;
    this.values = null; // of the uncertainty, once all versions are there
    this.made = null; // what the versions were made of
    this.#build();
  }

  get open() {
    return !this.panel.hidden;
  }

  #build() {
    for (let i = 0; i < VERSIONS; i += 1) {
      const inside = [make("img", "", [], { alt: "" }), make("span", "", text("seed_number", { seed: i }))];
      const tile = make("button", "p2p-version", inside, { type: "button", disabled: "" });
      tile.addEventListener("click", () => this.choose(Number(tile.dataset.version)));
      this.tiles.insertBefore(tile, find("[data-do='spread']"));
    }
    find("[data-ramp]").style.background = cssRamp(SPREAD_COLOURS);
    find("[data-ramp-high]").textContent = text("spread_high", { levels: MOST_SPREAD });
  }

  toggle() {
    if (this.open && this.stale === false) this.close();
    else this.make();
  }

  close() {
    this.run += 1;
    this.panel.hidden = true;
    press("sheet", false);
    this.unmap();
  }

  // The drawing, the model or the photo's seed changed.
  changed() {
    if (!this.open) return;
    const { drawing, model, seed } = this.current();
    this.stale = !this.made || drawing !== this.made.drawing || model !== this.made.model;
    this.panel.toggleAttribute("data-stale", this.stale);
    find("[data-do='renew']").hidden = !this.stale || drawing === null;
    for (const tile of this.tiles.querySelectorAll("[data-version]")) {
      tile.setAttribute("aria-pressed", String(!this.stale && Number(tile.dataset.version) === seed));
    }
    if (this.stale) this.unmap();
  }

  async make() {
    const made = this.current();
    if (made.drawing === null) return;
    this.run += 1;
    const { run } = this;
    this.made = made;
    this.values = null;
    this.panel.hidden = false;
    press("sheet", true);
    this.unmap();
    const map = find("[data-do='spread']");
    map.disabled = true;
    map.removeAttribute("data-there");
    const tiles = [...this.tiles.querySelectorAll(".p2p-version:not([data-do])")];
    tiles.forEach((tile, i) => {
      tile.dataset.version = Math.min(made.seed, made.mostSeed - VERSIONS + 1) + i;
      tile.disabled = true;
      tile.firstChild.removeAttribute("src");
      tile.lastChild.textContent = text("seed_number", { seed: tile.dataset.version });
    });
    this.changed();
    const urls = [];
    for (const tile of tiles) {
      const { photo, error } = await askPhoto({ drawing: made.drawing, model: made.model, seed: Number(tile.dataset.version) });
      if (run !== this.run) return; // closed or made anew meanwhile
      if (!photo) {
        say(error ?? text("no_answer"), true);
        return;
      }
      urls.push(photo);
      tile.firstChild.src = photo;
      tile.disabled = false;
    }
    const values = await spreadOf(urls, made.side);
    if (run !== this.run) return;
    this.values = values;
    paintMap(map.querySelector("canvas"), values, made.side, SPREAD_COLOURS);
    map.disabled = false;
    map.toggleAttribute("data-there", true);
  }

  showMap() {
    if (this.values && !this.stale) this.map(this.values, this.made.side);
  }
}
