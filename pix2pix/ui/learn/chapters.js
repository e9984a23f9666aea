// The seven chapters. `studio.input()` gives the fields that name the input of a question; see learn.js.

import { canvasNow, make, number, say } from "../shared/base.js";
import { plot, shape } from "../shared/svg.js";
import { Chapter, percent, takeFile, text } from "./page.js";
import { drawLosses, drawScheme, drawSpectra, mean, median } from "./plots.js";

const SAMPLES = [2.5, 4, 5, 7];
const LINE_END = 20;

export class Condition extends Chapter {
  constructor(studio) {
    super("c1", studio);
    this.on("input[type='radio']", "change", () => this.show());
  }

  load() {
    this.ask("condition", this.studio.input, (answer) => {
      this.answer = answer;
      this.show();
    });
  }

  show() {
    if (!this.answer) return;
    const [critic, pair] = [this.chosen("learn-sees"), this.chosen("learn-pair")];
    const unseen = critic === "l1_gan";
    const { labels, critics } = this.answer;
    this.find("[data-pic='x']").toggleAttribute("data-unseen", unseen);
    this.find("[data-pic='x'] figcaption").textContent = text(unseen ? "c1_x_unseen" : "c1_x");
    this.picture("x", labels[pair]);
    this.picture("y", critics[critic].output);
    this.picture("map", critics[critic][pair].map);
    for (const row of this.all("[data-critic]")) {
      const { right, wrong } = critics[row.dataset.critic];
      const cells = row.querySelectorAll("td");
      const change = 100 * (wrong.realness - right.realness);
      cells[0].textContent = percent(right.realness, 2);
      cells[1].textContent = percent(wrong.realness, 2);
      cells[2].textContent = `${change > 0 ? "+" : ""}${number(change, 2)}`;
      const on = row.dataset.critic === critic;
      cells[0].toggleAttribute("data-on", on && pair === "right");
      cells[1].toggleAttribute("data-on", on && pair === "wrong");
    }
  }
}

export class Losses extends Chapter {
  constructor(studio) {
    super("c2", studio);
    this.slider = this.find("[data-outlier]");
    this.place = this.find("[data-plot='losses']");
    this.draw = plot(this.place, 236, (svg, width) => {
      const values = [...SAMPLES, Number(this.slider.value)];
      this.scale = drawLosses(svg, width, values, LINE_END);
      const blanks = { outlier: this.slider.value, mean: number(mean(values), 2), median: number(median(values), 2) };
      this.find("[data-values]").textContent = text("c2_values", blanks);
      return text("c2_plot", blanks);
    });
    this.slider.addEventListener("input", this.draw);
    this.drag();
    this.draw();
  }

  // The outlier can be dragged in the plot as well.
  drag() {
    const move = (event) => {
      if (!this.place.hasPointerCapture(event.pointerId) || !this.scale) return;
      this.slider.value = this.scale.value(event.clientX - this.place.getBoundingClientRect().left);
      this.draw();
    };
    this.place.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".learn-outlier")) return;
      event.preventDefault();
      this.place.setPointerCapture(event.pointerId);
    });
    this.place.addEventListener("pointermove", move);
  }

  load() {
    this.ask("outputs", () => ({ ...this.studio.input(), models: ["l1", "l2"] }), ({ outputs }) => {
      this.picture("x", this.studio.labels());
      for (const [name, { picture, detail }] of Object.entries(outputs)) {
        this.picture(name, picture, text(`m_${name}`));
        this.find(`[data-detail='${name}']`).textContent = text("detail", { db: number(detail, 1) });
      }
    });
  }
}

// Slider positions are quarters of octaves: 0, then 1/128 … 0.71 cycles a pixel, then everything.
const CUTS = [0, ...Array.from({ length: 27 }, (_, i) => 2 ** (i / 4 - 7)), 1];

export class Frequencies extends Chapter {
  constructor(studio) {
    super("c3", studio);
    this.own = null; // the visitor's picture, a PNG as a data URL
    this.cuts = Object.fromEntries(this.all("[data-cut]").map((node) => [node.dataset.cut, node]));
    this.drawOwn = plot(this.find("[data-plot='own']"), 190, (svg, width) => {
      if (this.spectrum) drawSpectra(svg, width, 190, [{ name: "own", points: this.spectrum }], this.band());
      const [low, high] = this.band().map((cut) => number(cut, 3));
      return text("c3_plot_own", { low, high });
    });
    this.drawModels = plot(this.find("[data-plot='models']"), 240, (svg, width) => {
      const outputs = Object.entries(this.outputs ?? {});
      if (outputs.length) {
        const lines = outputs.map(([name, one]) => ({ name, label: text(`m_${name}`), points: one.spectrum }));
        drawSpectra(svg, width, 240, lines);
      }
      const values = outputs.map(([name, one]) => `${text(`m_${name}`)} ${number(one.detail, 1)} dB`).join(", ");
      return text("c3_plot_models", { values });
    });
    for (const [name, slider] of Object.entries(this.cuts)) {
      slider.addEventListener("input", () => {
        const other = this.cuts[name === "low" ? "high" : "low"];
        const crossed = name === "low" ? slider.valueAsNumber >= other.valueAsNumber : slider.valueAsNumber <= other.valueAsNumber;
        if (crossed) other.value = slider.valueAsNumber + (name === "low" ? 1 : -1);
        if (this.cuts.low.valueAsNumber >= this.cuts.high.valueAsNumber) slider.value = other.valueAsNumber + (name === "low" ? -1 : 1);
        this.filter();
      });
    }
    const note = this.find("[data-error]");
    this.on("[data-file='picture']", "change", (node) => takeFile(node, true, note, (url) => this.send(url)));
    this.on("[data-do='from-draw']", "click", () => this.fromDraw());
    this.on("[data-do='back']", "click", () => this.use(null));
    this.tell();
  }

  band() {
    return [CUTS[this.cuts.low.valueAsNumber], CUTS[this.cuts.high.valueAsNumber]];
  }

  tell() {
    for (const slider of Object.values(this.cuts)) {
      const cut = CUTS[slider.valueAsNumber];
      const all = cut === 0 || cut === 1;
      const said = all ? text("c3_zero") : text("c3_cycles", { frequency: number(cut, 3), pixels: number(1 / cut, 1) });
      slider.parentElement.querySelector("output").textContent = said;
      slider.setAttribute("aria-valuetext", said);
    }
  }

  load() {
    this.filter();
    this.ask("outputs", () => ({ ...this.studio.input(), models: ["l1", "cgan", "l1_cgan"] }), ({ outputs }) => {
      this.outputs = outputs;
      for (const [name, { picture }] of Object.entries(outputs)) this.picture(name, picture);
      this.drawModels();
    }, "[data-error-models]");
  }

  filter() {
    this.tell();
    this.drawOwn();
    const fields = () => {
      const [low, high] = this.band();
      return { ...this.studio.input(), picture: this.own, low, high };
    };
    this.ask("bands", fields, (answer) => {
      this.spectrum = answer.spectrum;
      for (const name of ["picture", "kept", "rest"]) this.picture(name, answer[name]);
      this.drawOwn();
    });
  }

  fromDraw() {
    const { drawing, photo } = canvasNow();
    const url = photo ?? drawing;
    if (url) this.send(url);
    else say(this.find("[data-error]"), text("c3_no_draw"));
  }

  send(url) {
    this.ask("picture", () => ({ file: url }), (answer) => this.use(answer.picture));
  }

  use(picture) {
    this.own = picture;
    this.find("[data-do='back']").hidden = !picture;
    this.filter();
  }
}

export class Skips extends Chapter {
  constructor(studio) {
    super("c4", studio);
    const on = () => this.chosen("learn-skips") === "on";
    this.draw = plot(this.find("[data-plot='scheme']"), 150, (svg, width) => {
      drawScheme(svg, width, on());
      return text(on() ? "c4_scheme_on" : "c4_scheme_off");
    });
    this.on("input[type='radio']", "change", () => this.show());
    this.show();
  }

  load() {
    const models = ["l1_cgan", "l1_cgan_no_skips"];
    this.ask("outputs", () => ({ ...this.studio.input(), models }), ({ outputs }) => {
      this.outputs = outputs;
      this.picture("x", this.studio.labels());
      this.show();
    });
  }

  show() {
    this.draw();
    const model = this.chosen("learn-skips") === "on" ? "l1_cgan" : "l1_cgan_no_skips";
    this.find("[data-name='y']").textContent = text(`m_${model}`);
    if (this.outputs) this.picture("y", this.outputs[model].picture);
  }
}

export class Patches extends Chapter {
  constructor(studio) {
    super("c5", studio);
    this.point = null; // {x, y} in pixels of the picture; the middle cell without it
    this.frame = this.find("[data-point]");
    this.cells = Object.fromEntries(this.all("[data-cell]").map((node) => [node.dataset.cell, node]));
    for (const node of this.all("[data-field]")) node.textContent = text("c5_patch", { field: node.dataset.field });
    this.on("input[type='radio']", "change", () => this.look());
    this.on("[data-cell]", "input", () => {
      const at = (name) => this.answer.first + this.answer.step * (this.cells[name].valueAsNumber - 1);
      if (!this.answer) return;
      this.point = { x: at("column"), y: at("row") };
      this.look();
    });
    const choose = (event) => {
      if (!this.answer) return;
      const box = this.frame.getBoundingClientRect();
      const place = (from, length) => (Math.min(Math.max(from / length, 0), 1) * this.answer.side);
      this.point = { x: place(event.clientX - box.left, box.width), y: place(event.clientY - box.top, box.height) };
      this.look();
    };
    this.frame.addEventListener("pointerdown", choose);
    this.frame.addEventListener("pointermove", (event) => event.pointerType === "mouse" && event.buttons && choose(event));
  }

  load() {
    this.look();
    const models = ["patch_1", "patch_16", "l1_cgan", "patch_286"];
    this.ask("outputs", () => ({ ...this.studio.input(), models }), ({ outputs }) => {
      for (const [name, { picture }] of Object.entries(outputs)) this.picture(name, picture);
    });
  }

  look() {
    const fields = () => ({ ...this.studio.input(), ...this.point, field: Number(this.chosen("learn-field")) });
    this.ask("cell", fields, (answer) => {
      this.answer = answer;
      this.picture("map", answer.map);
      this.outline(answer);
      for (const [name, count] of [["row", answer.rows], ["column", answer.columns]]) {
        this.cells[name].max = count;
        this.cells[name].value = answer[name] + 1;
        this.cells[name].parentElement.querySelector("output").textContent = `${answer[name] + 1} / ${count}`;
      }
      const [left, top, right, bottom] = answer.box;
      this.find("[data-values]").textContent = text("c5_values", {
        columns: answer.columns, rows: answer.rows, step: answer.step, row: answer.row + 1, column: answer.column + 1,
        width: right - left, height: bottom - top, real: percent(answer.realness), mean: percent(answer.mean),
      });
    });
  }

  outline({ side, box: [left, top, right, bottom] }) {
    this.frame.querySelector("svg")?.remove();
    const svg = shape(this.frame, "svg", { viewBox: `0 0 ${side} ${side}`, "aria-hidden": "true", preserveAspectRatio: "none" });
    const place = { x: left, y: top, width: right - left, height: bottom - top };
    shape(svg, "path", { d: `M0 0H${side}V${side}H0ZM${left} ${top}V${bottom}H${right}V${top}Z`, class: "learn-shade" });
    shape(svg, "rect", { ...place, class: "learn-box-back" });
    shape(svg, "rect", { ...place, class: "learn-box" });
  }
}

export class Noise extends Chapter {
  constructor(studio) {
    super("c6", studio);
    this.seeds = Object.fromEntries(this.all("[data-seed]").map((node) => [node.dataset.seed, node]));
    this.on("input", "input", () => this.changed());
  }

  load() {
    for (const node of Object.values(this.seeds)) node.parentElement.querySelector("output").textContent = node.value;
    const fields = () => ({
      ...this.studio.input(), model: this.chosen("learn-noise"),
      first: this.seeds.first.valueAsNumber, second: this.seeds.second.valueAsNumber,
    });
    this.ask("noise", fields, (answer) => {
      this.find("[data-gain]").textContent = text("c6_difference", { gain: answer.gain });
      for (const name of ["first", "second", "difference"]) this.picture(name, answer[name]);
      this.find("[data-values]").textContent = text("c6_values", { mean: number(answer.mean, 1), most: number(answer.most, 0) });
    });
  }
}

export class Numbers extends Chapter {
  constructor(studio) {
    super("c7", studio);
  }

  changed() {} // the numbers do not depend on the input

  load() {
    this.ask("numbers", () => ({}), ({ columns, rows, claims, pairs }) => {
      this.find("[data-pairs]").textContent = text("c7_text", { pairs });
      this.find("[data-numbers]").replaceChildren(...this.table(columns, rows));
      this.find("[data-claims]").replaceChildren(...claims.map((claim) => this.claim(claim)));
    });
  }

  table(columns, rows) {
    const heads = columns.map((column) =>
      make("th", "", text(`n_${column}`), { scope: "col", title: text(`n_${column}_tip`) }),
    );
    const lines = rows.map((row) => {
      const cells = columns.map((column) => make("td", "", this.value(column, row[column])));
      return make("tr", "", [make("th", "", text(`m_${row.model}`), { scope: "row" }), ...cells]);
    });
    const first = make("tr", "", [make("th", "", text("c7_model"), { scope: "col" }), ...heads]);
    return [make("caption", "", text("c7_table")), make("thead", "", first), make("tbody", "", lines)];
  }

  value(column, value) {
    if (value === null || value === undefined) return "–";
    return number(value, { spectrum: 1, sharpness: 2, kernel: 0 }[column] ?? 3);
  }

  claim(one) {
    const item = make("li", "", [], { "data-agrees": String(one.agrees) });
    item.append(make("b", "", text(one.agrees ? "c7_agrees" : "c7_differs")), make("span", "", text(`claim_${one.claim}`)));
    const names = { number: text(`n_${one.number}`), smaller: text(`m_${one.smaller}`), larger: text(`m_${one.larger}`) };
    const values = { low: this.value(one.number, one.low), high: this.value(one.number, one.high) };
    item.append(make("small", "", text("c7_numbers", { ...names, ...values })));
    return item;
  }
}
