// Maps over the photo: what the critic sees of it, and how much it differs from seed to seed.
//
// The critic's scores come as one byte a cell. A score stands at the centre of what its cell sees, and
// between centres the map is linear, as pix2pix.critic.spread has it; stretching the cells over the photo
// would show each several pixels away from what it judges.

import { text } from "../shared/base.js";
import { config, find } from "./page.js";

export const MOST_SPREAD = 20; // levels of 255, the dark end of the colours
export const SPREAD_COLOURS = [[255, 255, 255], [240, 180, 80], [170, 40, 90], [40, 10, 60]];

// {rows, columns, cells, first, step, seen} -> Float32Array of side * side values, 0 fake to 1 real.
export function spreadCells({ rows, columns, cells, first, step, seen }, side) {
  const bytes = Uint8Array.from(atob(cells), (character) => character.charCodeAt(0));
  const places = (count) =>
    Array.from({ length: side }, (_, i) => {
      const at = Math.min(Math.max((((i + 0.5) * seen) / side - first) / step, 0), count - 1);
      const low = Math.floor(at);
      return [low, Math.min(low + 1, count - 1), at - low];
    });
  const across = places(columns);
  const values = new Float32Array(side * side);
  places(rows).forEach(([top, bottom, down], y) => {
    across.forEach(([left, right, part], x) => {
      const row = (at) => bytes[at * columns + left] * (1 - part) + bytes[at * columns + right] * part;
      values[y * side + x] = (row(top) * (1 - down) + row(bottom) * down) / 255;
    });
  });
  return values;
}

// The colour at `value`, 0 to 1, of colours that stand at even distances.
export function blend(colours, value) {
  const at = Math.min(Math.max(value, 0), 1) * (colours.length - 1);
  const low = Math.min(Math.floor(at), colours.length - 2);
  return colours[low].map((channel, i) => channel + (colours[low + 1][i] - channel) * (at - low));
}

export const cssRamp = (colours) => `linear-gradient(90deg, ${colours.map((c) => `rgb(${c})`).join(", ")})`;

// Paint values, 0 to 1, onto a canvas of their size.
export function paintMap(canvas, values, side, colours) {
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  const table = Array.from({ length: 256 }, (_, i) => blend(colours, i / 255));
  values.forEach((value, i) => {
    image.data.set(table[Math.round(Math.min(Math.max(value, 0), 1) * 255)], 4 * i);
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

export class Overlay {
  constructor() {
    this.canvas = find("[data-overlay]");
    this.legend = find("[data-legend]");
    this.kind = null; // of the map on the photo: "critic", "spread" or null
  }

  #show(kind, values, side) {
    const [colours, low, high] = {
      critic: [[config.heat.fake, config.heat.unsure, config.heat.real], text("map_fake"), text("map_real")],
      spread: [SPREAD_COLOURS, text("spread_low"), text("spread_high", { levels: MOST_SPREAD })],
    }[kind];
    this.kind = kind;
    paintMap(this.canvas, values, side, colours);
    this.legend.children[0].textContent = low;
    this.legend.children[1].style.background = cssRamp(colours);
    this.legend.children[2].textContent = high;
    this.canvas.setAttribute("aria-label", text(`${kind}_alt`));
    this.#reveal(true);
  }

  #reveal(shown) {
    this.canvas.hidden = this.legend.hidden = !shown;
    find("[data-photo-box]").toggleAttribute("data-mapped", shown);
  }

  critic(map, side) {
    this.#show("critic", spreadCells(map, side), side);
  }

  spread(values, side) {
    this.#show("spread", values, side);
  }

  hide() {
    this.kind = null;
    this.#reveal(false);
  }
}
