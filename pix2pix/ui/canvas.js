// The Draw tab: tools, pointer and keyboard around one Drawing. Runs once, when the component is
// mounted; `element`, `props`, `trigger` come from gr.HTML. CONFIG and the files of draw.SCRIPTS
// stand before this one in the same function.

const SIDE = CONFIG.side; // of the model's picture, in pixels, whatever the screen
const VIEW_SCALE = 3; // the canvas on screen is painted finer, from the same strokes
const PALETTE = {
  red: "#d81b2a", orange: "#f57c00", yellow: "#fbc02d", green: "#2e9e3f",
  blue: "#1565d8", purple: "#7b2fb5", pink: "#ec5fa2", brown: "#7a4a2b",
};
const SIZES = {
  pen: { name: "pen_size", min: CONFIG.lineWidth[0], max: CONFIG.lineWidth[1], value: 2 },
  erase: { name: "eraser_size", min: 6, max: 48, value: 16 },
  dab: { name: "dab_size", min: 8, max: 28, value: 18 },
};

const find = (selector) => element.querySelector(selector);
const findAll = (selector) => [...element.querySelectorAll(selector)];

// ---- texts -------------------------------------------------------------------------------------

function chooseTexts(translations) {
  for (const language of navigator.languages ?? [navigator.language]) {
    const known = translations[language] ?? translations[language.split("-")[0]];
    if (known) return { ...translations.en, ...known };
  }
  return translations.en;
}

const TEXTS = chooseTexts(CONFIG.texts);
const text = (key, values = {}) =>
  TEXTS[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function fillTexts() {
  for (const node of findAll("[data-text]")) node.textContent = text(node.dataset.text);
  for (const node of findAll("[data-title]")) node.title = text(node.dataset.title);
  for (const node of findAll("[data-label]")) {
    node.setAttribute("aria-label", text(node.dataset.label));
    if (node.matches("button")) node.title = text(node.dataset.label);
  }
}

// ---- the drawing and its two pictures ----------------------------------------------------------

const view = find("[data-view]");
view.width = view.height = SIDE * VIEW_SCALE;
const drawing = new Drawing();
const display = new Painter(SIDE, VIEW_SCALE, view.getContext("2d"));
const sheet = new Painter(SIDE, 1); // what the model sees, and what is saved
let stroke = null; // the operation that is being drawn
let pointer = null; // the one pointer that draws it
let frame = 0;

const live = new Live({
  root: find(".p2p"),
  text,
  snapshot() {
    sheet.paint(drawing, stroke);
    const blank = stroke?.tool !== "pen" && sheet.isBlank();
    return { url: sheet.output.canvas.toDataURL("image/png"), blank };
  },
  post(value) {
    props.value = value;
    trigger("input");
  },
});

function paint() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    display.paint(drawing, stroke);
  });
}

// The drawing changed for good: show it, ask for its photo.
function changed() {
  find("[data-do='undo']").disabled = !drawing.canUndo;
  find("[data-do='redo']").disabled = !drawing.canRedo;
  find("[data-do='clear']").disabled = !drawing.canUndo || drawing.visible.at(-1).tool === "clear";
  paint();
  live.request(true);
  find("[data-hint]").hidden = !sheet.isBlank();
}

// ---- tools -------------------------------------------------------------------------------------

let tool = "pen";
let color = PALETTE.red;

function chooseTool(name) {
  tool = name;
  const size = SIZES[name];
  const slider = find("[data-size]");
  Object.assign(slider, { min: size.min, max: size.max });
  slider.value = size.value;
  find("[data-size-name]").textContent = text(size.name);
  slider.title = text(size.name);
  for (const button of findAll("[data-tool]")) {
    button.setAttribute("aria-pressed", String(button.dataset.tool === name));
  }
  find("[data-paper]").dataset.using = name;
  find("[data-ring]").hidden = true; // until the pointer moves, with the new size
  showSize();
}

function showSize() {
  const { value } = SIZES[tool];
  find("[data-size-value]").textContent = value;
  const dot = find(".p2p-dot");
  dot.style.width = dot.style.height = `${Math.max(value * 0.8, 3)}px`;
  dot.style.background = tool === "dab" ? color : tool === "erase" ? "transparent" : "currentColor";
}

function chooseColor(value) {
  color = value;
  for (const swatch of findAll("[data-color]")) {
    swatch.setAttribute("aria-pressed", String(swatch.dataset.color === value));
  }
  find(".p2p-picker").classList.toggle("p2p-chosen", !Object.values(PALETTE).includes(value));
  chooseTool("dab");
}

function buildPalette() {
  for (const [name, value] of Object.entries(PALETTE)) {
    const swatch = document.createElement("button");
    Object.assign(swatch, { type: "button", className: "p2p-swatch" });
    swatch.dataset.color = value;
    swatch.style.setProperty("--swatch", value);
    swatch.setAttribute("aria-pressed", String(value === color));
    swatch.title = text("colour", { name: text(name) });
    swatch.setAttribute("aria-label", swatch.title);
    find("[data-palette]").insertBefore(swatch, find(".p2p-picker"));
  }
  find("[data-picker]").addEventListener("input", (event) => chooseColor(event.target.value));
  find("[data-picker]").addEventListener("click", (event) => chooseColor(event.target.value));
}

// ---- pointer -----------------------------------------------------------------------------------

function place(event) {
  const box = view.getBoundingClientRect();
  return [
    ((event.clientX - box.left) * SIDE) / box.width,
    ((event.clientY - box.top) * SIDE) / box.height,
  ].map((value) => Math.round(value * 10) / 10);
}

function extend(event) {
  const [x, y] = place(event);
  const { points } = stroke;
  const last = points.length - 2;
  if (Math.hypot(x - points[last], y - points[last + 1]) >= 0.7) points.push(x, y);
}

function begin(event) {
  if (stroke || event.button > 0 && event.button !== 5) return; // a second finger draws nothing
  event.preventDefault();
  document.activeElement?.blur(); // whoever draws has stopped typing: keys are shortcuts again
  view.setPointerCapture(event.pointerId);
  pointer = event.pointerId;
  const turned = event.button === 5; // the other end of the pen
  const name = turned ? "erase" : tool;
  stroke = { tool: name, width: SIZES[name].value, points: place(event) };
  if (name === "dab") stroke.color = color;
  find("[data-hint]").hidden = true;
  say("");
  paint();
  live.request(false);
}

function move(event) {
  showRing(event);
  if (!stroke || event.pointerId !== pointer) return;
  const parts = event.getCoalescedEvents?.() ?? [];
  for (const part of parts.length ? parts : [event]) extend(part);
  paint();
  live.request(false);
}

function end(event) {
  if (!stroke || event.pointerId !== pointer) return;
  if (event.type === "pointerup") extend(event);
  // A cancelled pointer was a palm, a system gesture or a call: what it drew was not meant.
  if (event.type !== "pointercancel") drawing.add(stroke);
  stroke = pointer = null;
  changed();
}

function showRing(event) {
  const ring = find("[data-ring]");
  ring.hidden = event.pointerType === "touch" || tool === "pen" || event.type === "pointerleave";
  const box = view.getBoundingClientRect();
  const width = (SIZES[tool].value * box.width) / SIDE;
  ring.style.width = ring.style.height = `${width}px`;
  ring.style.transform =
    `translate(${event.clientX - box.left - width / 2}px, ${event.clientY - box.top - width / 2}px)`;
}

// ---- actions -----------------------------------------------------------------------------------

const photoName = () => `photo-seed-${live.seed}`;
const ACTIONS = {
  undo: () => (drawing.undo(), changed()),
  redo: () => (drawing.redo(), changed()),
  clear: () => (drawing.add({ tool: "clear" }), changed()),
  another: () => (live.seed += 1),
  "reset-seed": () => (live.seed = 0),
  "save-photo": () => live.save(photoName(), SIDE, live.photo),
  "save-both": () => live.save(`drawing-and-${photoName()}`, SIDE, sheet.output.canvas, live.photo),
  "choose-file": () => find("[data-file]").click(),
};

function loadExample(strokes) {
  if (drawing.canUndo) drawing.add({ tool: "clear" });
  drawing.add(...strokes);
  changed();
}

function buildExamples() {
  for (const { name, strokes } of CONFIG.examples) {
    const tile = document.createElement("button");
    Object.assign(tile, { type: "button", className: "p2p-tile" });
    tile.dataset.example = name;
    tile.setAttribute("aria-label", text("example", { name: text(name) }));
    const picture = new Painter(SIDE, 0.75);
    const shown = new Drawing();
    shown.add(...strokes.map((one) => ({ ...one, width: one.width * (one.tool === "pen" ? 1.6 : 1) })));
    picture.paint(shown);
    picture.output.canvas.setAttribute("aria-hidden", "true");
    const caption = document.createElement("span");
    caption.textContent = text(name);
    tile.append(picture.output.canvas, caption);
    tile.addEventListener("click", () => loadExample(strokes));
    find("[data-examples]").insertBefore(tile, find(".p2p-upload"));
  }
}

const uploads = new Upload({
  text,
  limit: CONFIG.uploadBytes,
  post: (value) => trigger("upload", value),
  show(image) {
    const lines = ink(image, SIDE);
    drawing.add({ tool: "picture", image: lines, url: lines.toDataURL() });
    changed();
  },
  say,
});

function say(sentence, isError = false) {
  const note = find("[data-note]");
  note.textContent = sentence;
  note.hidden = !sentence;
  note.classList.toggle("p2p-error", isError);
}

// ---- listeners ---------------------------------------------------------------------------------

// Listens on the whole page for as long as this component is on it.
function onPage(type, listener) {
  const listen = (event) => {
    if (element.isConnected) listener(event);
    else document.removeEventListener(type, listen);
  };
  document.addEventListener(type, listen);
}

const isShown = () => find(".p2p").offsetParent !== null; // not while another tab is

function pressed(event) {
  const typing = "input:not([type=range], [type=color], [type=file]), textarea, select, [contenteditable]";
  if (stroke || !isShown() || event.altKey || event.target.closest?.(typing)) return;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    const action = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[key];
    if (!action) return;
    event.preventDefault();
    ACTIONS[action]();
  } else {
    const name = { p: "pen", e: "erase", d: "dab" }[key];
    if (name) chooseTool(name);
  }
}

function listen() {
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    view.addEventListener(type, end);
  }
  view.addEventListener("pointerdown", begin);
  view.addEventListener("pointermove", move);
  view.addEventListener("pointerleave", showRing);
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.tool) chooseTool(button.dataset.tool);
    else if (button?.dataset.color) chooseColor(button.dataset.color);
    else if (button?.dataset.do) ACTIONS[button.dataset.do]();
  });
  find("[data-size]").addEventListener("input", (event) => {
    SIZES[tool].value = Number(event.target.value);
    showSize();
  });
  find("[data-seed]").addEventListener("input", () => live.request(true));
  find("[data-file]").addEventListener("change", (event) => {
    if (event.target.files[0]) uploads.send(event.target.files[0]);
    event.target.value = ""; // so that the same file can be chosen again
  });
  const paper = find("[data-paper]");
  paper.addEventListener("dragover", (event) => event.preventDefault());
  paper.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) uploads.send(event.dataTransfer.files[0]);
  });
  onPage("paste", (event) => {
    if (!isShown()) return;
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (file) uploads.send(file);
  });
  onPage("keydown", pressed);
  onPage("visibilitychange", () => keepDrawing(drawing, live.seed)); // a phone may drop a hidden tab
  window.addEventListener("pagehide", () => keepDrawing(drawing, live.seed));
  onPage("p2p:photo", (event) => live.receive(event.detail));
  onPage("p2p:edges", (event) => uploads.receive(event.detail));
}

fillTexts();
buildPalette();
buildExamples();
chooseTool("pen");
listen();
keptDrawing().then((kept) => {
  if (!kept) return loadExample(CONFIG.examples[0].strokes);
  Object.assign(drawing, { operations: kept.operations, cursor: kept.cursor });
  find("[data-seed]").value = kept.seed;
  return changed();
});
