// A run's curves over its minutes: what was measured, faint, and its running mean; the names beside their lines.

import { make, number, showing } from "../shared/base.js";
import { path, plot, shape } from "../shared/svg.js";
import { text } from "./base.js";

const HEIGHT = 190, EDGE = { left: 44, right: 10, top: 8, bottom: 30 };
const charts = new Map(); // by chart: its place and how it is drawn again

// A mean over about a twentieth of the curve: single steps of a GAN say little.
export const smooth = (points) => {
  const share = Math.min(1, 20 / points.length);
  let now = points[0][1];
  return points.map(([x, y]) => [x, (now += share * (y - now))]);
};

// About `count` round numbers from low to high.
export const rounds = (low, high, count) => {
  const rough = (high - low || 1) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((times) => times * unit >= 0.75 * rough);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => ({ value: (first + i) * step, digits }));
};

// Pixels of a chart's values; a flat curve runs through the middle.
const scales = (lines, width) => {
  const points = lines.flatMap((line) => line.points);
  const last = Math.max(...points.map(([x]) => x)) || 1;
  const [least, most] = [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))];
  const room = most - least || Math.abs(most) || 1;
  const [low, high] = [least - room * 0.06, most + room * 0.06];
  return {
    last, low, high,
    x: (minutes) => EDGE.left + ((width - EDGE.left - EDGE.right) * minutes) / last,
    y: (value) => EDGE.top + ((HEIGHT - EDGE.top - EDGE.bottom) * (high - value)) / (high - low),
  };
};

const drawGrid = (svg, width, { x, y, last, low, high }) => {
  const base = HEIGHT - EDGE.bottom;
  for (const { value, digits } of rounds(low, high, 4)) {
    shape(svg, "line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value), class: "train-grid" });
    shape(svg, "text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, number(value, digits));
  }
  for (const { value, digits } of rounds(0, last, Math.max(2, width / 90))) {
    shape(svg, "line", { x1: x(value), x2: x(value), y1: EDGE.top, y2: base, class: "train-grid" });
    const words = value ? text("minutes_long", { n: number(value, digits) }) : "0";
    shape(svg, "text", { x: x(value), y: base + 17, "text-anchor": value > 0.93 * last ? "end" : "middle" }, words);
  }
};

const draw = (svg, width, { key, lines }) => {
  if (!lines.length) return text("curve_nothing");
  const scale = scales(lines, width);
  const place = ([minutes, value]) => [scale.x(minutes), scale.y(value)];
  drawGrid(svg, width, scale);
  for (const { name, points, mean } of lines) {
    shape(svg, "path", { d: path(points.map(place)), class: `train-line train-raw train-of-${name}` });
    shape(svg, "path", { d: path(mean.map(place)), class: `train-line train-of-${name}` });
    if (points.length < 2) shape(svg, "circle", { cx: place(points[0])[0], cy: place(points[0])[1], r: 3.5, class: `train-dot train-of-${name}` });
  }
  return `${text(`curve_${key}`)}: ${lines.map(spoken).join(", ")}`;
};

const newest = ({ mean }) => number(mean.at(-1)[1], 3);
const spoken = (line) => `${text(`line_${line.name}`)} ${newest(line)}`;

// A line's name and its newest value, with a piece of it.
const legend = (line) => [
  make("span", `train-swatch train-of-${line.name}`),
  make("span", "", [`${text(`line_${line.name}`)} `, make("b", "", newest(line))]),
];

const chartOf = (root, key) => {
  if (!charts.has(key)) {
    const place = make("div", "train-plot");
    const chart = { shown: { key, lines: [] }, names: make("p", "train-names") };
    chart.redraw = plot(place, HEIGHT, (svg, width) => draw(svg, width, chart.shown));
    root.append(make("figure", "", [make("figcaption", "", text(`curve_${key}`)), place, chart.names]));
    charts.set(key, chart);
  }
  return charts.get(key);
};

export const start = showing((root, { charts: given = [], active = false }) => {
  root.hidden = !given.length;
  for (const [key, chart] of charts) chart.names.parentElement.hidden = !given.some((one) => one.key === key);
  for (const { key, lines } of given) {
    const chart = chartOf(root, key);
    const drawn = lines.filter((line) => line.points.length).map((line) => ({ ...line, mean: smooth(line.points) }));
    chart.shown = { key, lines: drawn };
    chart.names.parentElement.hidden = !drawn.length && !active; // else its place is kept
    const names = drawn.map((line) => make("span", "", legend(line)));
    chart.names.replaceChildren(...(names.length ? names : [text("curve_nothing")]));
    chart.redraw();
  }
});
