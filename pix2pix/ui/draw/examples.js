// The strip of example drawings, for the format and the drawing of canvas.js.

const RANKED = /^generic/; // examples for palettes that no other example is for

// Those that this format can show; what is for any palette only where nothing else fits.
function examples() {
  const fitting = CONFIG.examples
    .map((example) => ({ name: example.name, strokes: exampleOperations(example, format) }))
    .filter(({ strokes }) => strokes);
  const own = fitting.filter(({ name }) => !RANKED.test(name));
  return own.length ? own : fitting;
}

function loadExample(strokes) {
  replay.stop();
  if (drawing.canUndo) drawing.add({ tool: "clear" });
  drawing.add(...strokes);
  changed();
}

function buildExamples() {
  for (const old of findAll("[data-example]")) old.remove();
  for (const { name, strokes } of examples()) {
    const tile = document.createElement("button");
    Object.assign(tile, { type: "button", className: "p2p-tile" });
    tile.dataset.example = name;
    tile.setAttribute("aria-label", text("example", { name: text(name) }));
    const thick = format.kind === "edges" ? 1.6 : 1; // so that small lines are seen
    const strong = strokes.map((one) => ({ ...one, width: one.width * (one.tool === "pen" ? thick : 1) }));
    const picture = painterOf(format, format.kind === "edges" ? 192 / format.side : 1);
    picture.paint(new Drawing(strong));
    picture.output.canvas.setAttribute("aria-hidden", "true");
    const caption = document.createElement("span");
    caption.textContent = text(name);
    tile.append(picture.output.canvas, caption);
    tile.addEventListener("click", () => loadExample(strokes));
    find("[data-examples]").insertBefore(tile, find(".p2p-upload"));
  }
}
