// The drawing as a list of operations, and the painter that turns it into pixels.
//
// An operation is one of
//   {tool: "pen" | "erase" | "dab", width, color, points: [x0, y0, x1, y1, ...]}
//   {tool: "clear"}
//   {tool: "picture", image}   lines of a photo, on transparent ground; replaces the drawing
// Lengths are in pixels of the model's square. Undo moves a cursor in the list, so nothing is ever
// lost by it; the picture is painted again from the list, starting at the nearest kept copy.

const KEEP_EVERY = 24; // operations between two kept copies of the painted layers
const COPIES_KEPT = 6;

class Drawing {
  constructor() {
    this.operations = [];
    this.cursor = 0; // operations before it are visible, those behind it can be redone
  }

  get visible() {
    return this.operations.slice(0, this.cursor);
  }

  get canUndo() {
    return this.cursor > 0;
  }

  get canRedo() {
    return this.cursor < this.operations.length;
  }

  add(...operations) {
    this.operations.splice(this.cursor, Infinity, ...operations);
    this.cursor = this.operations.length;
  }

  undo() {
    if (this.canUndo) this.cursor -= 1;
  }

  redo() {
    if (this.canRedo) this.cursor += 1;
  }
}

function layer(side, options) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  return canvas.getContext("2d", options);
}

// A smooth path through the points: curves between the middles of neighbours. A point that is given
// twice is a sharp corner.
function trace(context, points) {
  const last = points.length - 2;
  context.beginPath();
  context.moveTo(points[0], points[1]);
  for (let i = 2; i < last; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    context.quadraticCurveTo(x, y, (x + points[i + 2]) / 2, (y + points[i + 3]) / 2);
  }
  // The small step lets a tap leave a dot: a path without length has no caps.
  context.lineTo(points[last] + (last ? 0 : 0.01), points[last + 1]);
  context.stroke();
}

// Paints a drawing at `scale` canvas pixels per pixel of the model. Colour lies on its own layer below
// the lines, so that dabs never cover a line.
class Painter {
  constructor(side, scale, output) {
    this.side = side;
    this.scale = scale;
    this.output = output ?? layer(side * scale, { willReadFrequently: true });
    this.colour = layer(side * scale, { willReadFrequently: true });
    this.lines = layer(side * scale, { willReadFrequently: true });
    for (const context of [this.output, this.colour, this.lines]) {
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.lineCap = context.lineJoin = "round";
    }
    this.painted = []; // the operations that the two layers show
    this.copies = []; // {count, colour, lines}, the oldest first
  }

  // `live` is the operation that is still being drawn.
  paint(drawing, live = null) {
    this.#catchUp(drawing.visible);
    const { output, side } = this;
    output.fillStyle = "#fff";
    output.fillRect(0, 0, side, side);
    output.drawImage(this.colour.canvas, 0, 0, side, side);
    if (live?.tool === "dab") this.#stroke(output, live, live.color);
    output.drawImage(this.lines.canvas, 0, 0, side, side);
    if (live?.tool === "pen") this.#stroke(output, live, "#000");
    if (live?.tool === "erase") this.#stroke(output, live, "#fff");
  }

  isBlank() {
    const { canvas } = this.output;
    const { data } = this.output.getImageData(0, 0, canvas.width, canvas.height);
    return new Uint32Array(data.buffer).every((pixel) => pixel === 0xffffffff);
  }

  #catchUp(operations) {
    let same = 0;
    while (same < this.painted.length && this.painted[same] === operations[same]) same += 1;
    if (same < this.painted.length) this.#restore(same);
    for (const operation of operations.slice(this.painted.length)) {
      this.#apply(operation);
      this.painted.push(operation);
      if (this.painted.length % KEEP_EVERY === 0) this.#keep();
    }
  }

  #apply(operation) {
    const { colour, lines, side } = this;
    if (operation.tool === "clear" || operation.tool === "picture") {
      for (const context of [colour, lines]) context.clearRect(0, 0, side, side);
      if (operation.image) lines.drawImage(operation.image, 0, 0, side, side);
    } else if (operation.tool === "erase") {
      for (const context of [colour, lines]) {
        context.globalCompositeOperation = "destination-out";
        this.#stroke(context, operation, "#000");
        context.globalCompositeOperation = "source-over";
      }
    } else if (operation.tool === "dab") {
      this.#stroke(colour, operation, operation.color);
    } else {
      this.#stroke(lines, operation, "#000");
    }
  }

  #stroke(context, operation, color) {
    context.strokeStyle = color;
    context.lineWidth = operation.width;
    trace(context, operation.points);
  }

  #keep() {
    const copy = (context) => {
      const target = layer(this.side * this.scale);
      target.drawImage(context.canvas, 0, 0);
      return target.canvas;
    };
    this.copies.push({
      count: this.painted.length,
      colour: copy(this.colour),
      lines: copy(this.lines),
    });
    if (this.copies.length > COPIES_KEPT) this.copies.shift();
  }

  // Go back to the newest kept copy that shows at most the first `count` operations, or to nothing.
  #restore(count) {
    this.copies = this.copies.filter((copy) => copy.count <= count);
    const copy = this.copies.at(-1);
    for (const name of ["colour", "lines"]) {
      this[name].clearRect(0, 0, this.side, this.side);
      if (copy) this[name].drawImage(copy[name], 0, 0, this.side, this.side);
    }
    this.painted.length = copy?.count ?? 0;
  }
}

// Black-on-white pixels to black ink on transparent ground, so that colour can lie below the lines.
function ink(image, side) {
  const context = layer(side, { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.drawImage(image, 0, 0, side, side);
  const pixels = context.getImageData(0, 0, side, side);
  for (let i = 0; i < pixels.data.length; i += 4) {
    const [red, green, blue] = pixels.data.subarray(i, i + 3);
    pixels.data.fill(0, i, i + 3);
    pixels.data[i + 3] = 255 - Math.round((red + green + blue) / 3);
  }
  context.putImageData(pixels, 0, 0);
  return context.canvas;
}
