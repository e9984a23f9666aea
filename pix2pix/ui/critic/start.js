// The strip of inputs: the Draw tab's drawing, and the examples that go with the chosen model.
// `element`, `trigger` come from gr.HTML; CONFIG, critic_texts.js, shapes.js, paint.js and timeline.js stand
// before this.

const note = find("[data-note]");
let tiles = [];

const say = (sentence) => {
  note.textContent = sentence;
  note.hidden = !sentence;
};

const ask = (drawing) => {
  say("");
  document.dispatchEvent(new CustomEvent("p2p:critic-asked"));
  trigger("input", { drawing });
};

function press(tile) {
  for (const other of tiles) other.setAttribute("aria-pressed", String(other === tile));
}

function makeTile(name, label, picture, choose) {
  const tile = document.createElement("button");
  tile.type = "button";
  tile.className = "p2p-critic-tile";
  tile.setAttribute("aria-pressed", "false");
  const caption = document.createElement("span");
  caption.textContent = name;
  tile.title = label;
  tile.append(picture, caption);
  tile.addEventListener("click", () => choose(tile));
  tiles.push(tile);
  find("[data-tiles]").append(tile);
  return tile;
}

function mine() {
  const icon = document.createElement("i");
  icon.setAttribute("aria-hidden", "true");
  icon.textContent = "✎";
  makeTile(text("critic_mine"), text("critic_mine_tip"), icon, (tile) => {
    const detail = {};
    document.dispatchEvent(new CustomEvent("p2p:ask", { detail })); // answered at once, by the Draw tab
    if (!detail.drawing) {
      say(text("critic_mine_none"));
      return;
    }
    press(tile);
    ask(detail.drawing);
  });
}

// Examples that fit a model, painted at its own size as on the canvas of the Draw tab: [name, data URL].
function drawnExamples(format) {
  if (!["edges", "labels"].includes(format.kind)) return [];
  return CONFIG.examples.flatMap((example) => {
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
    const picture = new Image();
    picture.src = url;
    picture.alt = "";
    makeTile(name, name, picture, (tile) => {
      press(tile);
      ask(url);
    });
  }
  say(inputs.length ? "" : text("critic_no_examples"));
  return inputs.length;
}

document.addEventListener("p2p:critic", ({ detail }) => {
  if (!element.isConnected) return;
  if (detail.case?.run) press(null);
  if (!detail.offer) return;
  const found = offer(detail.offer);
  if (found && !detail.case) tiles[1].click();
});

mine();
trigger("input", { hello: true });
