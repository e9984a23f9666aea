// Two painters turn a drawing (see drawing.js) into pixels: one for lines with colour below them, one for
// flat labels. Both paint operations once and go back, for an undo, to the nearest kept copy.

import { box, flood, layer, packed, thickLine, trace } from "./shapes.js";

const KEEP_EVERY = 24; // operations between two kept copies
const COPIES_KEPT = 6;
const SAME_AREA = 96; // levels: how far a line's soft edge may differ from the area that is filled

class Painter {
  constructor(side, scale, output) {
    this.side = side;
    this.scale = scale;
    this.output = output ?? layer(side * scale, { willReadFrequently: true });
    this.painted = []; // the operations that have been painted
    this.copies = []; // {count, state}, the oldest first
  }

  catchUp(operations) {
    let same = 0;
    while (same < this.painted.length && this.painted[same] === operations[same]) same += 1;
    if (same < this.painted.length) this.#goBack(same);
    for (const operation of operations.slice(this.painted.length)) {
      this.apply(operation);
      this.painted.push(operation);
      if (this.painted.length % KEEP_EVERY) continue;
      this.copies.push({ count: this.painted.length, state: this.keep() });
      if (this.copies.length > COPIES_KEPT) this.copies.shift();
    }
  }

  // To the newest kept copy that shows at most the first `count` operations, or to nothing.
  #goBack(count) {
    this.copies = this.copies.filter((copy) => copy.count <= count);
    const copy = this.copies.at(-1);
    this.restore(copy?.state);
    this.painted.length = copy?.count ?? 0;
  }

  // What an operation "fill" at a point covers, or null where nothing is to be filled. Only at scale 1.
  area([x, y]) {
    const { side } = this;
    const at = (value) => Math.min(Math.max(Math.floor(value), 0), side - 1);
    const pixels = this.read();
    return this.canFill(pixels[at(y) * side + at(x)])
      ? flood(pixels, side, at(x), at(y), this.tolerance)
      : null;
  }

  read() {
    const { canvas } = this.output;
    return new Uint32Array(this.output.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  }

  isBlank() {
    return this.read().every((pixel) => pixel === this.paper);
  }
}

// Black lines on a layer of their own, colour on another one below, so that it never covers a line. At
// `scale` canvas pixels per pixel of the model, anti-aliased.
class EdgePainter extends Painter {
  constructor(format, scale, output) {
    super(format.side, scale, output);
    this.paper = packed("#ffffff");
    this.tolerance = SAME_AREA;
    this.colour = layer(this.side * scale, { willReadFrequently: true });
    this.lines = layer(this.side * scale, { willReadFrequently: true });
    for (const context of [this.output, this.colour, this.lines]) {
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.lineCap = context.lineJoin = "round";
    }
  }

  // `live` is the operation that is still being drawn.
  paint(drawing, live = null) {
    this.catchUp(drawing.visible);
    const { output, side } = this;
    output.fillStyle = "#fff";
    output.fillRect(0, 0, side, side);
    output.drawImage(this.colour.canvas, 0, 0, side, side);
    if (live?.tool === "dab") this.#stroke(output, live, live.color);
    output.drawImage(this.lines.canvas, 0, 0, side, side);
    if (live?.tool === "erase") this.#stroke(output, live, "#fff");
    else if (live && live.tool !== "dab") this.#stroke(output, live, "#000");
  }

  apply(operation) {
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
    } else if (operation.tool === "fill") {
      this.#fill(operation);
    } else {
      this.#stroke(lines, operation, "#000");
    }
  }

  // One pixel more all around: the colour reaches below the soft edge of the lines.
  #fill({ spans, color }) {
    this.colour.fillStyle = color;
    for (let i = 0; i < spans.length; i += 3) {
      this.colour.fillRect(spans[i + 1] - 1, spans[i] - 1, spans[i + 2] - spans[i + 1] + 2, 3);
    }
  }

  #stroke(context, { tool, width, points, widths }, color) {
    context.strokeStyle = color;
    context.lineWidth = width;
    if (tool === "rect") {
      const [x0, y0, x1, y1] = points;
      context.strokeRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
    } else if (widths) {
      for (let i = 0; i < points.length; i += 2) {
        const before = Math.max(i - 2, 0);
        context.lineWidth = (widths[before / 2] + widths[i / 2]) / 2;
        trace(context, [points[before], points[before + 1], points[i], points[i + 1]]);
      }
    } else {
      trace(context, points);
    }
  }

  canFill(pixel) {
    return (pixel & 255) + ((pixel >> 8) & 255) + ((pixel >> 16) & 255) > SAME_AREA; // not on a line
  }

  keep() {
    return [this.colour, this.lines].map((context) => {
      const target = layer(this.side * this.scale);
      target.drawImage(context.canvas, 0, 0);
      return target.canvas;
    });
  }

  restore(state) {
    [this.colour, this.lines].forEach((context, i) => {
      context.clearRect(0, 0, this.side, this.side);
      if (state) context.drawImage(state[i], 0, 0, this.side, this.side);
    });
  }
}

// Flat labels in exactly the palette's colours: each pixel of the model is one label, and the screen shows
// those same pixels enlarged.
class LabelPainter extends Painter {
  constructor(format, scale, output) {
    super(format.side, scale, output);
    this.paper = packed(format.paper);
    this.tolerance = 0;
    this.grid = layer(this.side, { willReadFrequently: true });
    this.image = this.grid.createImageData(this.side, this.side);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.restore(null);
    this.output.setTransform(1, 0, 0, 1, 0, 0);
    this.output.imageSmoothingEnabled = false;
  }

  paint(drawing, live = null) {
    this.catchUp(drawing.visible);
    const before = live && this.pixels.slice();
    if (live) this.apply(live);
    this.grid.putImageData(this.image, 0, 0);
    if (before) this.pixels.set(before);
    const { canvas } = this.output;
    this.output.drawImage(this.grid.canvas, 0, 0, canvas.width, canvas.height);
  }

  apply(operation) {
    const { pixels, side } = this;
    const { tool, points, spans, width } = operation;
    const value = tool === "erase" ? this.paper : packed(operation.color ?? "#000000");
    if (tool === "clear") pixels.fill(this.paper);
    else if (tool === "picture") this.#take(operation.image);
    else if (tool === "rect") {
      const [[left, right], [top, bottom]] = box(points, side);
      for (let y = top; y < bottom; y += 1) pixels.fill(value, y * side + left, y * side + right);
    } else if (tool === "fill") {
      for (let i = 0; i < spans.length; i += 3) {
        pixels.fill(value, spans[i] * side + spans[i + 1], spans[i] * side + spans[i + 2]);
      }
    } else {
      thickLine(pixels, side, [...points.slice(0, 2), ...points.slice(0, 2)], width, value);
      for (let i = 2; i < points.length; i += 2) {
        thickLine(pixels, side, points.slice(i - 2, i + 2), width, value);
      }
    }
  }

  #take(image) {
    this.grid.drawImage(image, 0, 0, this.side, this.side);
    this.pixels.set(new Uint32Array(this.grid.getImageData(0, 0, this.side, this.side).data.buffer));
  }

  canFill() {
    return true;
  }

  keep() {
    return this.pixels.slice();
  }

  restore(state) {
    if (state) this.pixels.set(state);
    else this.pixels.fill(this.paper);
  }
}

export const painterOf = (format, scale, output) =>
  new (format.kind === "labels" ? LabelPainter : EdgePainter)(format, scale, output);

// Black-on-white pixels to black ink on transparent ground, so that colour can lie below the lines.
export function ink(image, side) {
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
