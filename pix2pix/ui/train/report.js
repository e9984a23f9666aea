// The data report: how far it is; then a grid of pairs, the verdict, and what was found.

import { make, number, showing } from "../shared/base.js";
import { text } from "./base.js";

const icons = { error: "✕", warning: "!", note: "i" };

const finding = (one) => {
  const head = [make("span", `train-icon train-${one.severity}`, icons[one.severity], { "aria-hidden": "true" }), one.message];
  if (!one.files.length) return make("div", "train-finding", head);
  const files = one.files.map((name) => make("li", "", name));
  if (one.count > one.files.length) files.push(make("li", "", text("more_files", { n: one.count - one.files.length })));
  return make("details", "train-finding", [make("summary", "", head), make("ul", "", files)]);
};

const sheet = (report) => {
  const picture = make("img", "", [], { src: report.sheet, alt: text("pairs_alt") });
  const names = report.single ? [text("made_row"), text("photo_row")] : ["A", "B"];
  const inputFirst = report.single || report.direction === "AtoB";
  const label = (name, isInput) =>
    make("span", isInput ? "train-input" : "", [make("b", "", name), make("small", "", text(isInput ? "is_input" : "is_target"))]);
  const arrow = make("span", "train-arrow", inputFirst ? "↓" : "↑", { "aria-hidden": "true" });
  return make("figure", "train-pairs", [
    make("figcaption", "", [label(names[0], inputFirst), arrow, label(names[1], !inputFirst)]),
    make("div", "train-scroll", picture, { tabindex: "0" }),
  ]);
};

export const start = showing((root, report) => {
  root.dataset.state = report.state ?? "";
  const parts = [];
  if (report.state === "busy") {
    const bar = make("span", "train-spinner", [], { "aria-hidden": "true" });
    parts.push(make("p", "train-busy", [bar, text("looking", { n: number(report.done) })]));
  } else if (report.state === "bad") {
    parts.push(make("p", "train-verdict train-error", report.message, { role: "alert" }));
  } else if (report.state === "done") {
    const warnings = report.findings.filter((one) => one.severity === "warning").length;
    const verdict = !report.trainable ? "cannot" : warnings ? "can_but" : "can";
    const kind = !report.trainable ? "error" : warnings ? "warning" : "good";
    parts.push(make("p", `train-verdict train-${kind}`, text(verdict, { n: warnings })));
    if (report.sheet) parts.push(sheet(report));
    if (report.train) {
      const counts = { train: number(report.train), val: number(report.val), input: text(`input_${report.input}`) };
      parts.push(make("p", "train-counts", text("counts", counts)));
      const start = report.start ? "starts_from" : "starts_new";
      if (report.trainable) parts.push(make("p", "train-counts", text(start, { model: report.start, minutes: number(report.minutes) })));
    }
    for (const one of report.findings) parts.push(finding(one));
  }
  root.replaceChildren(...parts);
});
