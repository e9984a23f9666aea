// The Draw tab: its parts put together around the drawing of the model's kind.

import { shareCanvas, text } from "../shared/base.js";
import { Drawing } from "../shared/drawing.js";
import { ink, painterOf } from "../shared/paint.js";
import { layer } from "../shared/shapes.js";
import { isWaiting, receiveAnswer } from "./ask.js";
import { buildExamples, examplesFor } from "./examples.js";
import { keepDrawings, keptDrawings } from "./keep.js";
import { Live } from "./live.js";
import { receive } from "./mailbox.js";
import { Overlay } from "./overlay.js";
import { config, find, isShown, open, press, root, say, trigger } from "./page.js";
import { Palette } from "./palette.js";
import { Picker } from "./picker.js";
import { Replay } from "./replay.js";
import { Timeline } from "./timeline.js";
import { TOOL_KEYS, Tools } from "./tools.js";
import { upload } from "./upload.js";
import { Versions } from "./versions.js";
import { Zoom } from "./zoom.js";

const NUDGE_MS = 1000; // between two looks for answers that do not come
const NUDGES = 3; // in a row: a server that is not there would be complained of at each
const VIEW_SCALE = 3; // the canvas on screen is painted finer, from the same strokes

const drawings = new Map(); // format key -> Drawing: each kind of model has its own
let format = null;
let drawing = new Drawing();
let display = null; // the painter of the screen
let sheet = null; // and of what the model sees, and what is saved
let step = null; // of a replay, shown instead of the drawing
let frame = 0;
let nudges = 0;
let critic = false; // whether the critic's map is wanted
let judged = null; // its newest map
let view, overlay, live, versions, timeline, replay, palette, tools, picker, zoom; // the parts

// ---- the picture -------------------------------------------------------------------------------

const shown = (painter) =>
  step ? painter.paint(step.drawing, step.part) : painter.paint(drawing, tools.stroke);

function snapshot() {
  shown(sheet);
  const stroke = step ? step.part : tools.stroke;
  const inked = format.kind === "edges" && ["pen", "line", "rect"].includes(stroke?.tool);
  return { url: sheet.output.canvas.toDataURL("image/png"), blank: !inked && sheet.isBlank() };
}

function paint() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    shown(display);
  });
}

// The drawing changed for good: show it, ask for its photo.
function changed() {
  find("[data-do='undo']").disabled = !drawing.canUndo;
  find("[data-do='redo']").disabled = !drawing.canRedo;
  find("[data-do='clear']").disabled = !drawing.canUndo || drawing.visible.at(-1).tool === "clear";
  timeline.show(drawing);
  paint();
  live.request(true);
  find("[data-hint]").hidden = !sheet.isBlank();
  versions.changed();
}

function copy(canvas) {
  const context = layer(canvas.width);
  context.drawImage(canvas, 0, 0);
  return context.canvas;
}

// ---- the parts ---------------------------------------------------------------------------------

function showJudged() {
  if (critic && judged && !live.photo.hidden) overlay.critic(judged, format.side);
  else overlay.hide();
}

function buildPhoto() {
  overlay = new Overlay();
  live = new Live({
    snapshot,
    extra: () => ({ model: picker.model, overlay: critic }),
    post: (value) => trigger(value.final ? "last" : "live", value),
    judged(map, complaint) {
      judged = map;
      if (complaint) say(complaint, true);
      if (overlay.kind !== "spread" || !map) showJudged();
    },
  });
  versions = new Versions({
    current() {
      const { url, blank } = snapshot();
      const { seed, mostSeed } = live;
      return { drawing: blank ? null : url, model: picker.model, seed, mostSeed, side: format.side };
    },
    choose: (seed) => chooseSeed(seed),
    map: (values, side) => (overlay.kind === "spread" ? showJudged() : overlay.spread(values, side)),
    unmap: () => overlay.kind === "spread" && showJudged(),
  });
}

function buildDrawing() {
  view = find("[data-view]");
  timeline = new Timeline({
    moved() {
      replay.stop();
      changed();
    },
  });
  replay = new Replay({
    drawing: () => drawing,
    show(next) {
      step = next;
      if (!next) return changed();
      timeline.slider.value = next.drawing.cursor;
      paint();
      return live.request(true);
    },
    settled: () => live.settled,
    request(next) {
      sheet.paint(next.drawing, next.part);
      const url = sheet.isBlank() ? null : sheet.output.canvas.toDataURL("image/png");
      return { drawing: url, picture: copy(sheet.output.canvas), model: picker.model, seed: live.seed };
    },
  });
  palette = new Palette({ chosen: () => tools.colourChosen() });
  tools = new Tools({
    view,
    palette,
    area(point) {
      sheet.paint(drawing);
      return sheet.area(point);
    },
    started() {
      replay.stop();
      say("");
      find("[data-hint]").hidden = true;
    },
    moved() {
      paint();
      live.request(false);
    },
    drawn(operation) {
      if (operation) drawing.add(operation);
      changed();
    },
  });
  zoom = new Zoom(view, find("[data-paper]"), () => tools.abandon());
  picker = new Picker({ refresh: () => trigger("choices", {}), opened: useFormat });
}

// ---- models ------------------------------------------------------------------------------------

// Draw for a model of this format: on the drawing that it shares with models of the same kind.
function useFormat(next) {
  const same = format?.key === next.key;
  const critical = critic && next.critic;
  format = next;
  if (!same) useKind();
  palette.use(format);
  tools.use(format);
  showKind();
  if (critic !== critical) setCritic(critical);
  live.forget(!same);
  changed();
}

function useKind() {
  replay.stop();
  zoom.reset();
  if (versions.open) versions.close();
  view.width = view.height = format.side * VIEW_SCALE;
  display = painterOf(format, VIEW_SCALE, view.getContext("2d"));
  sheet = painterOf(format, 1);
  buildExamples(format, loadExample);
  if (!drawings.has(format.key)) drawings.set(format.key, new Drawing([...(examplesFor(format)[0]?.strokes ?? [])]));
  drawing = drawings.get(format.key);
}

function loadExample(strokes) {
  replay.stop();
  if (drawing.canUndo) drawing.add({ tool: "clear" });
  drawing.add(...strokes);
  changed();
}

function showKind() {
  const { kind } = format;
  root.dataset.kind = kind;
  const bundled = kind === "edges" && picker.model === "edges2photo";
  const what = format.subject === "edges2emoji" ? "emoji" : kind;
  find("[data-heading]").textContent = text(`title_${what}`);
  find("[data-subheading]").textContent = bundled ? text("subtitle_shoes") : text(`subtitle_${what}`);
  find("[data-hint]").textContent = text(kind === "labels" ? "draw_labels_here" : "draw_here");
  find(".p2p-upload span").textContent = text(kind === "labels" ? "upload_labels" : "upload");
  find(".p2p-upload").title = text(kind === "labels" ? "upload_labels_tip" : "upload_tip");
  const needs = [["critic", "critic", "no_critic"], ["another", "noise", "no_noise"], ["sheet", "noise", "no_noise"]];
  for (const [name, needed, without] of needs) {
    find(`[data-do='${name}']`).disabled = !format[needed];
    find(`[data-do='${name}']`).title = text(format[needed] ? `${name}_tip` : without);
  }
  if (!format.noise && versions.open) versions.close();
}

function setCritic(wanted) {
  critic = wanted;
  press("critic", wanted);
  if (!wanted) showJudged();
}

async function toggleCritic() {
  if (!format.critic) return;
  if (critic) return setCritic(false);
  setCritic(true);
  const answer = await picker.load({ model: picker.model, critic: true }, true);
  if (answer?.critic_error) {
    setCritic(false);
    say(answer.critic_error, true);
  }
  return live.request(true);
}

function chooseSeed(seed) {
  live.seed = seed;
  versions.changed();
}

// ---- actions -----------------------------------------------------------------------------------

const photoName = () => `photo-seed-${live.seed}`;
const moved = (move) => () => {
  replay.stop();
  move();
  changed();
};
const ACTIONS = {
  undo: moved(() => drawing.undo()),
  redo: moved(() => drawing.redo()),
  clear: moved(() => drawing.add({ tool: "clear" })),
  replay: () => replay.play(),
  another: () => chooseSeed(live.seed + 1),
  "reset-seed": () => chooseSeed(0),
  sheet: () => versions.toggle(),
  renew: () => versions.make(),
  "close-sheet": () => versions.close(),
  spread: () => versions.showMap(),
  critic: () => toggleCritic(),
  "save-photo": () => live.save(photoName(), format.side, live.photo),
  "save-both": () => live.save(`drawing-and-${photoName()}`, format.side, sheet.output.canvas, live.photo),
  "save-animation": () => replay.save("drawing-and-photo-animated", format.side),
  "choose-file": () => find("[data-file]").click(),
  swap: () => find(".p2p-desk").toggleAttribute("data-swapped"),
  help: () => find("[data-help]").showModal(),
  "close-help": () => find("[data-help]").close(),
};
const ACTION_KEYS = { n: "another", v: "sheet", c: "critic", t: "replay", "?": "help" };

function act(name) {
  if (!find(`[data-do='${name}']`)?.disabled) ACTIONS[name]();
}

// ---- listeners ---------------------------------------------------------------------------------

function pressed(event) {
  const typing = "input:not([type=range], [type=color], [type=file]), textarea, select, [contenteditable]";
  if (tools.stroke || !isShown() || event.altKey || event.target.closest?.(typing)) return;
  if (find("[data-help]").open) return;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    const action = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[key];
    if (!action) return;
    event.preventDefault();
    act(action);
  } else if (key === "escape") replay.stop();
  else if (TOOL_KEYS[key]) tools.choose(TOOL_KEYS[key]);
  else if (ACTION_KEYS[key]) act(ACTION_KEYS[key]);
  else if (/^[1-9]$/.test(key)) palette.chooseNumber(Number(key));
  else if ("[]".includes(key)) tools.resize(key === "]" ? 1 : -1);
  else if ("+=-".includes(key)) zoom.step(key === "-" ? -1 : 1);
  else if (key === "0") zoom.reset();
}

const keep = () => keepDrawings(drawings, { seed: live.seed, model: picker.model, format });

function takeFiles(files) {
  const file = [...files].find((one) => one.type.startsWith("image/")) ?? files[0];
  if (file) upload(file, () => picker.model, usePicture);
}

function usePicture(image) {
  const taken = format.kind === "edges" ? ink(image, format.side) : image;
  drawing.add({ tool: "picture", image: taken, url: taken.src ?? taken.toDataURL() });
  changed();
}

function listen() {
  root.addEventListener("click", (event) => {
    const { tool, color, do: action } = event.target.closest("button")?.dataset ?? {};
    if (tool) tools.choose(tool);
    else if (color) palette.choose(color);
    else if (action) ACTIONS[action]();
  });
  find("[data-photo-box]").addEventListener("click", (event) => {
    const small = getComputedStyle(find(".p2p-swap")).display !== "none"; // a phone
    if (small && !event.target.closest("button")) ACTIONS.swap();
  });
  find("[data-seed]").addEventListener("input", () => (live.request(true), versions.changed()));
  find("[data-file]").addEventListener("change", (event) => {
    takeFiles(event.target.files);
    event.target.value = ""; // so that the same file can be chosen again
  });
  const paper = find("[data-paper]");
  paper.addEventListener("dragover", (event) => event.preventDefault());
  paper.addEventListener("drop", (event) => {
    event.preventDefault();
    takeFiles(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const pictures = [...event.clipboardData.files].filter((one) => one.type.startsWith("image/"));
    if (isShown()) takeFiles(pictures);
  });
  document.addEventListener("keydown", pressed);
  document.addEventListener("visibilitychange", keep); // a phone may drop a hidden tab
  window.addEventListener("pagehide", keep);
  receive("photo", (answer) => live.receive(answer));
  for (const topic of ["edges", "answer", "opened"]) receive(topic, receiveAnswer);
  receive("choices", ({ choices }) => picker.fill(choices));
  shareCanvas(canvasNow);
}

// For other tabs: the photo is there only where it belongs to the drawing.
function canvasNow() {
  const { url, blank } = snapshot();
  const photo = live.pair?.drawing === url ? live.pair.photo : null;
  return { ...(blank ? { drawing: null, photo: null } : { drawing: url, photo }), kind: format.kind };
}

// Gradio's server ends its stream of answers when none is due, and its page stops listening when it hears of that;
// also to an event that was sent in between. The next event's stream brings that answer too: one that does nothing.
function nudge() {
  const waiting = live.late || isWaiting();
  nudges = waiting ? nudges + 1 : 0;
  if (waiting && nudges <= NUDGES) trigger("nudge", {});
}

// ---- the start ---------------------------------------------------------------------------------

/** Starts the tab: gr.HTML's component, and what tab.py tells the page. */
export async function start(component, given) {
  open(component, given);
  buildPhoto();
  buildDrawing();
  listen();
  setInterval(nudge, NUDGE_MS);
  const kept = await keptDrawings();
  for (const [key, one] of kept?.drawings ?? []) drawings.set(key, one);
  if (kept) find("[data-seed]").value = kept.seed;
  useFormat(config.format);
  const again = kept?.model && kept.model !== config.model ? kept.model : null;
  // A model on the Hub says only now how its drawings look.
  if (again || config.model.startsWith("hf://")) picker.load({ model: again ?? config.model });
  if (picker.owner) picker.refresh(); // the page brings what everybody may use
}
