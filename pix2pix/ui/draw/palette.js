// The colours: dabs for a drawing of lines, or the labels of the model.

import { make, text } from "../shared/base.js";
import { find, findAll, labelName } from "./page.js";

const DABS = {
  red: "#d81b2a", yellow: "#fbc02d", green: "#2e9e3f", blue: "#1565d8",
  purple: "#7b2fb5", brown: "#7a4a2b", grey: "#8c8c90", black: "#1e1e20",
};
const OUTSIDE = "background"; // a label that is rarely what one draws first

export class Palette {
  // chosen(color) is called for each choice of a person.
  constructor({ chosen }) {
    this.chosen = chosen;
    this.format = null;
    this.colors = { edges: DABS.red }; // the one in use, by format key or kind
    this.picker = find("[data-picker]");
    for (const type of ["input", "click"]) {
      this.picker.addEventListener(type, (event) => this.choose(event.target.value));
    }
  }

  get #kept() {
    return this.format.kind === "edges" ? "edges" : this.format.key;
  }

  get color() {
    return this.colors[this.#kept];
  }

  // Its swatches, in the order of the keys 1 to 9.
  get all() {
    return this.format.kind === "edges"
      ? Object.entries(DABS).map(([name, color]) => ({ color, title: text("colour", { name: text(name) }) }))
      : this.format.labels.map(({ name, color }) => ({ color, name: labelName(name) }));
  }

  use(format) {
    this.format = format;
    const first = format.labels.find(({ name, color }) => color !== format.paper && name !== OUTSIDE);
    this.colors[this.#kept] ??= first?.color ?? format.paper;
    const labels = format.kind === "labels";
    const bar = find("[data-palette]");
    bar.classList.toggle("p2p-labels", labels);
    bar.setAttribute("aria-label", text(labels ? "labels" : "colours"));
    find(".p2p-picker").hidden = labels;
    for (const old of bar.querySelectorAll("[data-color]")) old.remove();
    this.all.forEach(({ color, title, name }, i) => {
      const caption = labels ? [make("i"), make("span", "", name)] : []; // from the checkpoint: as text
      const swatch = make("button", labels ? "p2p-chip" : "p2p-swatch", caption, {
        type: "button", "data-color": color, style: `--swatch: ${color}`,
        title: title ?? text("label_tip", { name, key: i < 9 ? i + 1 : "–" }),
      });
      if (!labels) swatch.setAttribute("aria-label", title);
      bar.insertBefore(swatch, find(".p2p-picker"));
    });
    this.#mark();
  }

  choose(color) {
    this.colors[this.#kept] = color;
    this.#mark();
    this.chosen(color);
  }

  chooseNumber(number) {
    const entry = this.all[number - 1];
    if (entry) this.choose(entry.color);
  }

  #mark() {
    for (const swatch of findAll("[data-color]")) {
      swatch.setAttribute("aria-pressed", String(swatch.dataset.color === this.color));
    }
    const own = this.format.kind === "edges" && !Object.values(DABS).includes(this.color);
    find(".p2p-picker").classList.toggle("p2p-chosen", own);
  }
}
