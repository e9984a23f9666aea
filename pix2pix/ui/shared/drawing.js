// The drawing as a list of operations, which is also its timeline: undo, redo, the slider and the replay all
// move a cursor in it, so nothing is ever lost by them.
//
// An operation is one of
//   {tool: "pen" | "erase" | "dab", width, color, points: [x0, y0, x1, y1, ...], widths: [w0, w1, ...]};
//     widths, one a point, come from a pen that feels pressure
//   {tool: "line" | "rect", width, color, points: [x0, y0, x1, y1]}
//   {tool: "fill", color, spans: [y, from, to, ...]}   the area, as it was found when it was filled
//   {tool: "clear"}
//   {tool: "picture", image, url}   lines of a photo on transparent ground, or labels; replaces the drawing
// Lengths are in pixels of the model's square. In a drawing of lines the pen, lines and rectangles are black
// and have no colour; in one of labels everything but the eraser has one, and a rectangle is filled.

const POINTS_A_STEP = 14; // of a long stroke, in a replay
const MOST_STEPS = 48; // pictures of a replay: longer ones take larger steps

export class Drawing {
  constructor(operations = [], cursor = operations.length) {
    this.operations = operations;
    this.cursor = cursor; // operations before it are visible, those behind it can be redone
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

  // How it came about: [{drawing, part}], each a shorter drawing and the part of the next stroke that is
  // there already. The last one is the visible drawing. `most` limits how many there are.
  steps(most = MOST_STEPS) {
    const visible = this.visible;
    const all = visible.flatMap((operation, i) => {
      const before = new Drawing(visible, i);
      const count = operation.spans || !operation.points ? 1 : partsOf(operation);
      const parts = Array.from({ length: count - 1 }, (_, n) => ({
        drawing: before,
        part: { ...operation, points: beginning(operation, (n + 1) / count) },
      }));
      return [...parts, { drawing: new Drawing(visible, i + 1), part: null }];
    });
    if (all.length <= most) return all;
    return Array.from({ length: most }, (_, n) => all[Math.round(((n + 1) * all.length) / most) - 1]);
  }
}

const partsOf = ({ points }) => Math.min(Math.max(Math.round(points.length / 2 / POINTS_A_STEP), 1), 8);

function beginning({ points }, share) {
  return points.slice(0, Math.max(2, 2 * Math.round((share * points.length) / 2)));
}

// An example, whose lengths are in pixels of a square of 256, as operations for a format; null where its
// labels are not this model's, or where it is for one model only and this is another one, or the reverse.
export function exampleOperations({ kind, model, strokes }, format) {
  if ((kind ?? "edges") !== format.kind || (model ?? "") !== format.subject) return null;
  const scale = format.side / 256;
  const colors = new Map(format.labels.map(({ name, color }) => [name, color]));
  const operations = strokes.map(({ label, rank, ...stroke }) => {
    const operation = { ...stroke, points: stroke.points.map((value) => value * scale) };
    if (stroke.width) operation.width = Math.max(stroke.width * scale, 1);
    if (label !== undefined) operation.color = colors.get(label);
    if (rank !== undefined) operation.color = format.labels[rank % format.labels.length].color;
    return operation;
  });
  const fits = format.kind === "edges" || operations.every(({ color }) => color);
  return fits ? operations : null;
}
