// The list of runs; one is shown.

import { make, number, showing } from "../shared/base.js";
import { duration, stateChip, text } from "./base.js";

const group = `train-${Math.random().toString(36).slice(2)}`;

const rowOf = (run, selected, trigger) => {
  const choice = make("input", "", [], { type: "radio", name: group, value: run.name });
  choice.checked = run.name === selected;
  choice.addEventListener("change", () => trigger("select", { name: run.name }));
  const facts = [run.seconds ? duration(run.seconds) : "", run.metrics.l1 ? `L1 ${number(run.metrics.l1, 3)}` : ""];
  return make("label", "train-row", [
    choice,
    make("span", "train-name", run.name),
    stateChip(run),
    make("small", "", facts.filter(Boolean).join(" · ")),
  ]);
};

export const start = showing((root, value, trigger) => {
  const focused = root.contains(document.activeElement) ? document.activeElement.value : null;
  if (!value.runs?.length) {
    root.replaceChildren(make("p", "train-hint", text("no_runs")));
    return;
  }
  root.replaceChildren(
    make("fieldset", "", [make("legend", "", text("runs")), ...value.runs.map((run) => rowOf(run, value.selected, trigger))]),
  );
  if (focused !== null) [...root.querySelectorAll("input")].find((one) => one.value === focused)?.focus();
});
