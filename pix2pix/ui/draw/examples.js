// The strip of example drawings.

import { make, text } from "../shared/base.js";
import { Drawing, exampleOperations } from "../shared/drawing.js";
import { painterOf } from "../shared/paint.js";
import { config, find, findAll } from "./page.js";

const RANKED = /^generic/; // examples for palettes that no other example is for

/**
 * Those that a format can show; what is for any palette only where nothing else fits.
 * @returns {{name: string, strokes: Object[]}[]}
 */
export function examplesFor(format) {
  const fitting = config.examples
    .map((example) => ({ name: example.name, strokes: exampleOperations(example, format) }))
    .filter(({ strokes }) => strokes);
  const own = fitting.filter(({ name }) => !RANKED.test(name));
  return own.length ? own : fitting;
}

/** Shows them; load(strokes) is called for the one that is clicked. */
export function buildExamples(format, load) {
  for (const old of findAll("[data-example]")) old.remove();
  for (const { name, strokes } of examplesFor(format)) {
    const thick = format.kind === "edges" ? 1.6 : 1; // so that small lines are seen
    const strong = strokes.map((one) => ({ ...one, width: one.width * (one.tool === "pen" ? thick : 1) }));
    const picture = painterOf(format, format.kind === "edges" ? 192 / format.side : 1);
    picture.paint(new Drawing(strong));
    picture.output.canvas.setAttribute("aria-hidden", "true");
    const tile = make("button", "p2p-tile", [picture.output.canvas, make("span", "", text(name))], {
      type: "button", "data-example": name, "aria-label": text("example", { name: text(name) }),
    });
    tile.addEventListener("click", () => load(strokes));
    find("[data-examples]").insertBefore(tile, find(".p2p-upload"));
  }
  find("[data-examples]").scrollLeft = 0; // where it scrolls, the browser keeps the last tile in sight
}
