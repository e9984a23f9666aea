// The same input through two models, side by side, beside the true photo where that is known. The numbers are
// how far each is from it, or those that each was measured with.

import { make, number, showing } from "../shared/base.js";
import { text } from "./base.js";

const METRICS = ["l1", "ssim", "spectrum", "sharpness"];

export const start = showing((root, value) => {
  if (!value.sides) {
    root.replaceChildren();
    return;
  }
  const column = (name, picture, alt) =>
    make("figure", "", [make("figcaption", "", name), make("img", "", [], { src: picture, alt })]);
  const pictures = make("div", "train-sides", [
    column(text("compare_input"), value.input, text("compare_input")),
    ...value.sides.map((side) => column(side.name, side.picture, text("compare_alt", { name: side.name }))),
    value.target ? column(text("compare_target"), value.target, text("compare_target")) : null,
  ]);
  pictures.classList.toggle("train-four", Boolean(value.target));
  const caption = make("caption", "", text(value.target ? "compare_here" : "compare_measured"));
  const cell = (side, key) => (side.metrics[key] === undefined ? "–" : number(side.metrics[key], 3));
  const known = METRICS.filter((key) => value.sides.some((side) => side.metrics[key] !== undefined));
  const head = make("tr", "", [make("td"), ...value.sides.map((side) => make("th", "", side.name, { scope: "col" }))]);
  const lines = known.map((key) =>
    make("tr", "", [
      make("th", "", text(`metric_${key}`), { scope: "row" }),
      ...value.sides.map((side) => make("td", "", cell(side, key))),
    ]),
  );
  root.replaceChildren(pictures, ...(known.length ? [make("table", "", [caption, head, ...lines])] : []));
});
