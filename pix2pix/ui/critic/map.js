// The judged pictures: map, legend, chosen cell, extreme patches, histograms. Which pixels a cell sees is
// computed by the server alone; a click sends its pixel there and gets the cell's box back.

import { fillTexts, loadImage, make, text } from "../shared/base.js";
import { shape } from "../shared/svg.js";

const SIDES = ["made", "real"];
const ANSWER_MS = 4000;
let element, root, trigger;
let shown = null; // the case on screen
let cell = null; // {row, column, ...} as the server gave it
let wanted = null; // {row, column} of the newest question, while its answer is on its way

const find = (selector) => element.querySelector(selector);
const findAll = (selector) => [...element.querySelectorAll(selector)];
const side = (name) => find(`.p2p-critic-pictures [data-side='${name}']`);
const nameOf = (name) => {
  if (name === "real") return text(shown?.run ? "critic_real" : "critic_other"); // a run compares with its targets
  return text(name === "made" ? "critic_made" : "critic_input");
};
const digits = (value) => {
  const rounded = Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
  return (Number(rounded) === 0 ? rounded.replace("-", "") : rounded).replace("-", "−");
};
const percent = (realness) => Math.round(realness * 100);

// ---- legend and opacity ------------------------------------------------------------------------------

const TICKS = {
  logit: ["−∞", "−1.1", "0", "1.1", "∞"], // where the sigmoid is 0, a quarter, a half, ...
  unit: ["0", "0.25", "0.5", "0.75", "1"],
  signed: ["−1", "−0.5", "0", "0.5", "1"],
  relative: ["−2σ", "−σ", "x̄", "σ", "2σ"],
};

// The scale of the colours: the scores' own, or, on demand, the differences within one picture.
const scaleNow = () => (find("[data-contrast]").checked ? "relative" : shown.scale);

function showScale() {
  const { scale, field, stride, rows, columns, seen } = shown;
  const [width, height] = seen;
  find("[data-contrast-label]").hidden = scale === "relative"; // its colours are that already
  find("[data-ticks]").replaceChildren(...TICKS[scaleNow()].map((tick) => make("span", "", tick)));
  const contrast = scaleNow() === scale ? "" : ` ${text("critic_contrast_hint")}`;
  find("[data-scale]").textContent = text(`critic_scale_${scale}`) + contrast;
  find("[data-field]").textContent = text("critic_field", { field, stride, rows, columns, width, height });
  const words = scaleNow() === scale
    ? ["critic_fake", "critic_unsure", "critic_is_real"]
    : ["critic_more_fake", "critic_average", "critic_more_real"];
  findAll(".p2p-critic-words span").forEach((node, index) => {
    node.textContent = text(words[index]);
  });
}

function setOpacity() {
  const opacity = find("[data-opacity]").value / 100;
  root.style.setProperty("--opacity", opacity);
  root.toggleAttribute("data-plain", opacity === 0); // then the picture shows its own colours
  find("[data-opacity-value]").textContent = `${Math.round(opacity * 100)} %`;
}

// ---- pictures and the chosen cell --------------------------------------------------------------------

// A judged picture under its map; on the right, where there is nothing to compare with, the bare input.
function showPicture(name) {
  const judged = shown[name];
  const { width, height } = judged ?? shown.made;
  const [figure, view] = [side(name), side(name).querySelector("[data-view]")];
  const [picture, heat] = ["picture", "heat"].map((key) => figure.querySelector(`[data-${key}]`));
  picture.src = judged?.picture ?? shown.input;
  picture.toggleAttribute("data-unjudged", !judged);
  heat.hidden = !judged;
  if (judged) heat.src = find("[data-contrast]").checked ? judged.contrast : judged.heat;
  else heat.removeAttribute("src");
  view.style.aspectRatio = `${width} / ${height}`;
  view.setAttribute("aria-label", text("critic_map", { name: nameOf(judged ? name : "input") }));
  figure.querySelector("[data-marks]").setAttribute("viewBox", `0 0 ${width} ${height}`);
  const title = figure.querySelector("[data-name]");
  if (title) title.textContent = nameOf(judged ? name : "input");
  figure.querySelector("[data-mean]").textContent = judged ? summary(judged) : text("critic_no_real");
}

function summary({ score, realness }) {
  const key = shown.scale === "relative" ? "critic_mean_relative" : "critic_mean";
  return text(key, { score: digits(score), percent: percent(realness) });
}

function frame(rect, [left, top, right, bottom]) {
  const values = { x: left, y: top, width: right - left, height: bottom - top };
  for (const [key, value] of Object.entries(values)) rect.setAttribute(key, value);
}

function says({ score, realness }) {
  if (shown.scale === "logit") return text("critic_says_percent", { score: digits(score), percent: percent(realness) });
  const key = realness < 0.4 ? "critic_fake" : realness > 0.6 ? "critic_is_real" : "critic_unsure";
  return text("critic_says", { score: digits(score), word: text(key) });
}

// Part of a picture on a canvas, at the picture's own pixels; the style makes it large.
async function crop(canvas, url, [left, top, right, bottom]) {
  const [width, height] = [Math.max(right - left, 1), Math.max(bottom - top, 1)];
  canvas.dataset.url = url;
  const image = await loadImage(url);
  if (canvas.dataset.url !== url) return; // another one was asked for meanwhile
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").drawImage(image, left, top, width, height, 0, 0, width, height);
  canvas.toggleAttribute("data-small", Math.max(width, height) < 32);
}

function showCell(answer) {
  cell = answer;
  if (!next) wanted = null;
  for (const [field, value] of [["[data-row]", cell.row], ["[data-column]", cell.column]]) {
    if (!find(field).dataset.typing) find(field).value = value + 1; // never under the fingers of who types
  }
  const [left, top, right, bottom] = cell.made.box;
  const [x, y] = cell.centre.map((value) => Math.round(value * 10) / 10);
  find("[data-sees]").textContent = text("critic_sees", { left, top, right, bottom, x, y });
  for (const name of SIDES) {
    const part = find(`.p2p-critic-two [data-side='${name}']`);
    part.hidden = !cell[name];
    const marks = side(name).querySelector("[data-marks]");
    for (const rect of marks.querySelectorAll("rect")) frame(rect, cell.made.box);
    const dot = marks.querySelector("circle");
    dot.setAttribute("cx", cell.centre[0]);
    dot.setAttribute("cy", cell.centre[1]);
    dot.setAttribute("r", Math.max(shown.made.width, shown.made.height) / 120);
    if (!cell[name]) continue;
    part.querySelector("[data-says]").textContent = says(cell[name]);
    part.querySelector("b").textContent = nameOf(name);
    const canvas = part.querySelector("[data-crop]");
    canvas.setAttribute("aria-label", text("critic_crop", { name: nameOf(name) }));
    crop(canvas, shown[name].picture, cell[name].box);
  }
  const canvas = find(".p2p-critic-two [data-side='input'] canvas");
  canvas.setAttribute("aria-label", text("critic_crop", { name: nameOf("input") }));
  crop(canvas, shown.input, cell.made.box);
  root.dataset.cell = `${cell.row},${cell.column}`;
}

// One question at a time; of those that come meanwhile the newest is asked next.
let asked = 0;
let waiting = null; // the timer that gives up on an answer
let next = null;

function choose(question) {
  if (!shown) return;
  if (waiting) {
    next = question;
    return;
  }
  asked += 1; // so that no two answers are alike: Gradio passes on changes only
  waiting = setTimeout(answered, ANSWER_MS);
  trigger("select", { number: shown.number, asked, ...question });
}

function answered() {
  clearTimeout(waiting);
  waiting = null;
  const question = next;
  next = null;
  if (question) choose(question);
}

function step(rows, columns) {
  const from = wanted ?? cell;
  wanted = {
    row: Math.min(Math.max(from.row + rows, 0), shown.rows - 1),
    column: Math.min(Math.max(from.column + columns, 0), shown.columns - 1),
  };
  choose(wanted);
}

// ---- extreme patches and histograms --------------------------------------------------------------------

function patchButton(name, patch, word) {
  const { row, column } = patch;
  const score = digits(patch.score);
  const canvas = make("canvas");
  const button = make("button", "", [canvas, make("span", "", score)], {
    type: "button", "aria-label": text("critic_patch", { word, score, row: row + 1, column: column + 1 }),
  });
  button.addEventListener("click", () => choose({ row, column }));
  crop(canvas, shown[name].picture, patch.box);
  return button;
}

function showMore(name) {
  const part = find(`.p2p-critic-more [data-side='${name}']`);
  const picture = shown[name];
  part.hidden = !picture;
  if (!picture) return;
  part.querySelector("[data-title]").textContent = text("critic_patches", { name: nameOf(name) });
  const rows = [["critic_most_fake", picture.fake], ["critic_most_real", picture.most_real]].map(([key, patches]) => {
    const buttons = patches.map((patch) => patchButton(name, patch, text(key)));
    return make("div", "", [make("span", "", text(key)), ...buttons]);
  });
  part.querySelector("[data-patches]").replaceChildren(...rows);
  part.querySelector("[data-histogram]").replaceChildren(...histogram(name, picture));
}

function histogram(name, { shares }) {
  const { low, high, colours } = shown.bins;
  const tallest = Math.max(...SIDES.flatMap((other) => shown[other]?.shares ?? []), 1e-6);
  const wide = (high - low) / shares.length;
  const most = shares.indexOf(Math.max(...shares));
  const heading = make("h4", "", text("critic_histogram"));
  const chart = shape(make("div"), "svg", {
    viewBox: `0 0 ${shares.length * 10} 80`, preserveAspectRatio: "none", role: "img",
    "aria-label": text("critic_histogram_alt", {
      name: nameOf(name), low: digits(low), high: digits(high),
      from: digits(low + most * wide), to: digits(low + (most + 1) * wide),
    }),
  });
  shares.forEach((share, index) => {
    const height = share ? Math.max((share / tallest) * 76, 1.5) : 0;
    const bar = shape(chart, "rect", { x: index * 10 + 1, y: 80 - height, width: 8, height });
    bar.style.fill = colours[index] ?? "var(--body-text-color-subdued)";
  });
  const axis = make("div", "", [low, (low + high) / 2, high].map((value) => make("span", "", digits(value))));
  return [heading, chart, axis];
}

// ---- what comes from the server ------------------------------------------------------------------------

function show(detail) {
  const kept = shown && cell && shown.subject === detail.subject ? (wanted ?? cell) : null;
  const fits = kept && kept.row < detail.rows && kept.column < detail.columns;
  const sameGrid = shown && shown.rows === detail.rows && shown.columns === detail.columns;
  shown = detail;
  root.removeAttribute("data-empty");
  root.dataset.number = detail.number;
  find("[data-row]").max = detail.rows;
  find("[data-column]").max = detail.columns;
  find("[data-step]").textContent = detail.run ? `${detail.run} · ${text("critic_step", { step: detail.step })}` : "";
  root.toggleAttribute("data-single", !detail.real);
  if (detail.scale === "relative") find("[data-contrast]").checked = false;
  showScale();
  for (const name of SIDES) {
    showPicture(name);
    showMore(name);
  }
  showCell(detail.cell);
  next = null;
  answered();
  if (fits && sameGrid) choose({ row: kept.row, column: kept.column });
}

/** Something was asked: until `receive` the page shows that it waits. */
export const asking = () => root.toggleAttribute("data-busy", true);

/** An answer to the strip of inputs: {case}, {error}, or neither. */
export function receive(answer) {
  root.removeAttribute("data-busy");
  if (answer.case) show(answer.case);
  else if (answer.error && !shown) side("made").querySelector("[data-wait]").textContent = answer.error;
}

function receiveCell(answer) {
  if (!answer || answer.number !== shown?.number) return;
  showCell(answer);
  answered();
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function listenToViews() {
  for (const view of findAll("[data-view]")) {
    const image = view.querySelector("[data-picture]");
    view.addEventListener("click", (event) => {
      if (!shown) return;
      const box = image.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * image.naturalWidth;
      const y = ((event.clientY - box.top) / box.height) * image.naturalHeight;
      choose({ x, y });
    });
    view.addEventListener("keydown", (event) => {
      if (!cell || !(event.key in ARROWS)) return;
      event.preventDefault();
      step(...ARROWS[event.key]);
    });
  }
}

function listenToFields() {
  for (const field of findAll("[data-row], [data-column]")) {
    field.addEventListener("input", () => {
      field.dataset.typing = "1";
    });
    field.addEventListener("change", () => {
      delete field.dataset.typing;
      const [row, column] = ["[data-row]", "[data-column]"].map((name) => Number(find(name).value) - 1);
      if (cell && Number.isFinite(row) && Number.isFinite(column)) choose({ row, column });
    });
  }
}

/** Starts the map; its values are the cells that were asked for. */
export function start({ element: own, props, trigger: send, watch }, config) {
  [element, trigger] = [own, send];
  root = find(".p2p-critic");
  fillTexts(element);
  listenToViews();
  listenToFields();
  find("[data-ramp]").style.background = config.ramp;
  find("[data-contrast]").addEventListener("change", () => {
    if (!shown) return;
    showScale();
    SIDES.forEach(showPicture);
  });
  find("[data-opacity]").addEventListener("input", setOpacity);
  setOpacity();
  watch("value", () => receiveCell(props.value));
}
