// The strip of inputs: the Draw tab's drawing, and the examples that go with the chosen model.

import { canvasNow, fillTexts, make, say as sayIn, text } from "../shared/base.js";
import { Drawing, exampleOperations } from "../shared/drawing.js";
import { painterOf } from "../shared/paint.js";
import { asking, receive } from "./map.js";

let element, trigger, config;
let tiles = [];

const find = (selector) => element.querySelector(selector);
const say = (sentence) => sayIn(find("[data-note]"), sentence);

const ask = (drawing) => {
  say("");
  asking();
  trigger("input", { drawing });
};

function press(tile) {
  for (const other of tiles) other.setAttribute("aria-pressed", String(other === tile));
}

function makeTile(name, label, picture, choose) {
  const attributes = { type: "button", "aria-pressed": "false", title: label };
  const tile = make("button", "p2p-critic-tile", [picture, make("span", "", name)], attributes);
  tile.addEventListener("click", () => choose(tile));
  tiles.push(tile);
  find("[data-tiles]").append(tile);
}

function mine() {
  const icon = make("i", "", "✎", { "aria-hidden": "true" });
  makeTile(text("critic_mine"), text("critic_mine_tip"), icon, (tile) => {
    const { drawing } = canvasNow();
    if (!drawing) {
      say(text("critic_mine_none"));
      return;
    }
    press(tile);
    ask(drawing);
  });
}

// Examples that fit a model, painted at its own size as on the canvas of the Draw tab: [name, data URL].
function drawnExamples(format) {
  if (!["edges", "labels"].includes(format.kind)) return [];
  return config.examples.flatMap((example) => {
    const operations = exampleOperations(example, format);
    if (!operations) return [];
    const drawing = new Drawing();
    drawing.add(...operations);
    const painter = painterOf(format, 1);
    painter.paint(drawing);
    return [[text(example.name), painter.output.canvas.toDataURL("image/png")]];
  });
}

function offer({ format, examples }) {
  tiles = [];
  find("[data-tiles]").replaceChildren();
  mine();
  const brought = examples.map((url, index) => [text("critic_example", { number: index + 1 }), url]);
  const inputs = [...drawnExamples(format), ...brought];
  for (const [name, url] of inputs) {
    makeTile(name, name, make("img", "", [], { src: url, alt: "" }), (tile) => {
      press(tile);
      ask(url);
    });
  }
  say(inputs.length ? "" : text("critic_no_examples"));
  return inputs.length;
}

function answered(answer) {
  receive(answer);
  if (answer.case?.run) press(null);
  if (!answer.offer) return;
  const found = offer(answer.offer);
  if (found && !answer.case) tiles[1].click();
}

/** Starts the strip; its values are the server's answers: {offer, case, error}, each where there is one. */
export function start({ element: own, props, trigger: send, watch }, given) {
  [element, trigger, config] = [own, send, given];
  fillTexts(element);
  mine();
  watch("value", () => answered(props.value ?? {}));
  trigger("input", {});
}
