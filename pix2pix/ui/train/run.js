// One run: its state, how far it is, what goes wrong, its numbers; and the drawing as it would be translated.

import { canvasNow, make, number, showing } from "../shared/base.js";
import { duration, stateChip, text } from "./base.js";

let asked = ""; // the model that the drawing was last sent to

const starting = (looked) => {
  if (!looked) return text("starting");
  const [done, total] = looked;
  return done < total ? text("reading", { done: number(done), total: number(total) }) : text("preparing");
};

const tell = (run) => {
  if (run.message) return make("p", "train-verdict train-error", run.message, { role: "alert" });
  if (run.state === "stopped") return make("p", "train-hint", text(run.kept ? "kept" : "paused"));
  if (run.state === "finished") return make("p", "train-hint", text("ended"));
  if (run.state === "starting") return make("p", "train-hint", starting(run.looked));
  if (run.state === "running" && !run.previewed) return make("p", "train-hint", text("first_preview"));
  if (run.state === "stopping") return make("p", "train-hint", text("saving"));
  return null;
};

const diagnosis = (message) => make("p", "train-verdict train-warning", message);

const figures = (run) => {
  const pairs = [];
  const add = (key, value) => pairs.push(make("div", "", [make("dt", "", text(key)), make("dd", "", value)]));
  if (run.left !== null && run.progress > 0) add("left", duration(run.left));
  add("trained", duration(run.seconds));
  if (run.rate !== null) add("rate", number(run.rate, run.rate < 10 ? 1 : 0));
  add("step", number(run.step));
  for (const [name, value] of Object.entries(run.metrics)) add(`metric_${name}`, number(value, name === "spectrum" ? 1 : 3));
  return make("dl", "train-figures", pairs);
};

// A newer model was saved: what does it make of the drawing on the canvas?
const ask = (run, trigger) => {
  const model = `${run.name} ${run.model}`;
  if (!run.active || !run.model || model === asked) return;
  const { drawing, kind } = canvasNow();
  if (!drawing || kind !== run.input) return;
  asked = model;
  trigger("submit", { name: run.name, drawing });
};

export const start = showing((root, run, trigger) => {
  root.dataset.state = run.state ?? "";
  root.dataset.name = run.name ?? "";
  if (!run.name) {
    root.replaceChildren(make("p", "train-hint", text("no_run")));
    return;
  }
  const percent = Math.round(100 * run.progress);
  const bar = make("div", "train-bar", make("span"), {
    role: "progressbar", "aria-label": text("progress"), "aria-valuenow": percent, "aria-valuemin": 0, "aria-valuemax": 100,
  });
  bar.firstChild.style.width = `${percent}%`;
  const head = make("h3", "", [make("span", "train-name", run.name), stateChip(run)]);
  root.replaceChildren(...[head, bar, figures(run), tell(run), ...run.diagnoses.map(diagnosis)].filter(Boolean));
  ask(run, trigger);
});
