// The plots of the Learn tab. Colours are those of learn.css.

import { number } from "../shared/base.js";
import { path, shape } from "../shared/svg.js";
import { text } from "./page.js";

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Values on a line from 0 to `end`, the last of them the outlier, and the loss of every prediction above it.
export function drawLosses(svg, width, values, end) {
  const left = 14, right = 14, base = 170, top = 26;
  const x = (value) => left + ((width - left - right) * value) / end;
  const steps = Array.from({ length: 121 }, (_, i) => (end * i) / 120);
  const losses = [
    ["l2", (p) => mean(values.map((value) => (value - p) ** 2)), mean(values), text("c2_mean")],
    ["l1", (p) => mean(values.map((value) => Math.abs(value - p))), median(values), text("c2_median")],
  ];
  const near = (value) => (value < end * 0.12 ? "start" : value > end * 0.88 ? "end" : "middle");
  for (const [name, loss, best] of losses) {
    const most = Math.max(...steps.map(loss));
    const y = (p) => base - 14 - (base - 14 - top) * (loss(p) / most);
    shape(svg, "path", { d: path(steps.map((p) => [x(p), y(p)])), class: `learn-line learn-${name}` });
    shape(svg, "line", { x1: x(best), x2: x(best), y1: y(best), y2: base, class: `learn-drop learn-${name}` });
    shape(svg, "circle", { cx: x(best), cy: y(best), r: 4, class: `learn-dot learn-${name}` });
    const edge = name === "l1" ? 0 : end;
    const anchor = name === "l1" ? "start" : "end";
    const at = y(edge) - 8 < 14 ? 14 : y(edge) - 8;
    shape(svg, "text", { x: x(edge), y: at, "text-anchor": anchor, class: `learn-word learn-${name}` },
      `${name.toUpperCase()}: ${text("c2_loss")}`);
  }
  shape(svg, "line", { x1: left, x2: width - right, y1: base, y2: base, class: "learn-axis" });
  // The words stand on lines of their own, so that they never cover each other.
  losses.forEach(([name, , best, word], row) => {
    shape(svg, "text", { x: x(best), y: base + 26 + 17 * row, "text-anchor": near(best), class: `learn-word learn-${name}` },
      `${word} ${number(best, 1)}`);
  });
  const outlier = values[values.length - 1];
  shape(svg, "text", { x: x(outlier), y: base + 60, "text-anchor": near(outlier), class: "learn-tick" }, text("c2_outlier_mark"));
  values.forEach((value, i) => {
    const last = i === values.length - 1;
    shape(svg, "circle", { cx: x(value), cy: base, r: last ? 9 : 6, class: last ? "learn-outlier" : "learn-sample" });
  });
  return { x, value: (place) => ((place - left) / (width - left - right)) * end };
}

const FREQUENCIES = [1 / 128, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2];
const LAST = Math.SQRT1_2; // the corner of the spectrum, in cycles a pixel

// lines: [{name, label, points: [[frequency, dB], …]}]; kept: [low, high] is shaded, or null.
export function drawSpectra(svg, width, height, lines, kept = null) {
  const left = 40, right = 8, top = 24, base = height - 36;
  const first = 1 / 140;
  const levels = lines.flatMap((line) => line.points.map(([, level]) => level));
  const low = Math.floor(Math.min(...levels, -40) / 10) * 10;
  const high = Math.ceil(Math.max(...levels, 10) / 10) * 10;
  const x = (f) => left + ((width - left - right) * Math.log(Math.min(Math.max(f, first), LAST) / first)) / Math.log(LAST / first);
  const y = (level) => top + ((base - top) * (high - level)) / (high - low);
  if (kept) shape(svg, "rect", { x: x(kept[0]), y: top, width: Math.max(x(kept[1]) - x(kept[0]), 0), height: base - top, class: "learn-band" });
  for (let level = low; level <= high; level += 20) {
    shape(svg, "line", { x1: left, x2: width - right, y1: y(level), y2: y(level), class: "learn-grid" });
    shape(svg, "text", { x: left - 6, y: y(level) + 4, "text-anchor": "end", class: "learn-tick" }, String(level).replace("-", "−"));
  }
  for (const f of FREQUENCIES) {
    shape(svg, "line", { x1: x(f), x2: x(f), y1: top, y2: base, class: "learn-grid" });
    shape(svg, "text", { x: x(f), y: base + 15, "text-anchor": "middle", class: "learn-tick" }, `1/${Math.round(1 / f)}`);
  }
  shape(svg, "text", { x: width - right, y: height - 4, "text-anchor": "end", class: "learn-tick" }, text("c3_axis"));
  shape(svg, "text", { x: 0, y: 13, class: "learn-tick" }, text("c3_power"));
  let place = width - right;
  for (const { name, label, points } of lines) {
    shape(svg, "path", { d: path(points.map(([f, level]) => [x(f), y(level)])), class: `learn-line learn-${name}` });
    if (!label) continue;
    const word = shape(svg, "text", { x: place, y: 13, "text-anchor": "end", class: `learn-word learn-${name}` }, label);
    const length = word.getComputedTextLength() || 60;
    shape(svg, "line", { x1: place - length - 26, x2: place - length - 6, y1: 9, y2: 9, class: `learn-line learn-${name}` });
    place -= length + 44;
  }
}

// Blocks that shrink and grow, as high as the picture's side at each level; arcs where skips are.
export function drawScheme(svg, width, skips) {
  const levels = 5, base = 128, gap = width / (2 * levels + 2);
  const heights = Array.from({ length: levels + 1 }, (_, i) => 92 * 0.68 ** i);
  const blocks = [...heights, ...heights.slice(0, -1).reverse()];
  const middle = (i) => gap * (i + 1);
  blocks.forEach((height, i) => {
    const neck = i === levels;
    shape(svg, "rect", { x: middle(i) - gap * 0.28, y: base - height, width: gap * 0.56, height, rx: 2, class: neck ? "learn-neck" : "learn-block" });
  });
  if (skips) {
    for (let i = 0; i < levels; i += 1) {
      const [from, to, height] = [middle(i), middle(2 * levels - i), base - heights[i]];
      shape(svg, "path", { d: `M${from} ${height - 3}C${from} ${height - 26} ${to} ${height - 26} ${to} ${height - 3}`, class: "learn-skip" });
    }
  }
  const words = [[middle(1), "c4_down"], [middle(levels), "c4_neck"], [middle(2 * levels - 1), "c4_up"]];
  for (const [x, key] of words) shape(svg, "text", { x, y: base + 17, "text-anchor": "middle", class: "learn-tick" }, text(key));
}
