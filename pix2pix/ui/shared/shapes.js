// From points to pixels: smooth lines for a canvas, hard-edged shapes and flooded areas for a grid of pixels.
// A pixel is one number, 0xAABBGGRR, as a Uint32Array over ImageData reads it.

export function layer(side, options) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  return canvas.getContext("2d", options);
}

// "#rrggbb" as a pixel.
export function packed(color) {
  const value = parseInt(color.slice(1), 16);
  return (0xff000000 | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

// A smooth path through the points: curves between the middles of neighbours. A point that is given
// twice is a sharp corner.
export function trace(context, points) {
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

// The pixels whose centres lie within half the width of the line from (x0, y0) to (x1, y1).
export function thickLine(pixels, side, [x0, y0, x1, y1], width, value) {
  const reach = Math.max(width / 2, 0.71); // however thin, a line has no gaps
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy || 1;
  const first = (low) => Math.max(0, Math.floor(low - reach));
  const end = (high) => Math.min(side, Math.ceil(high + reach));
  for (let y = first(Math.min(y0, y1)); y < end(Math.max(y0, y1)); y += 1) {
    for (let x = first(Math.min(x0, x1)); x < end(Math.max(x0, x1)); x += 1) {
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = Math.min(Math.max((px * dx + py * dy) / length, 0), 1);
      if (Math.hypot(px - along * dx, py - along * dy) <= reach) pixels[y * side + x] = value;
    }
  }
}

// The area between two opposite corners, at least one pixel.
export function box([x0, y0, x1, y1], side) {
  const span = (a, b) => {
    const low = Math.min(Math.max(Math.round(Math.min(a, b)), 0), side - 1);
    return [low, Math.max(low + 1, Math.min(side, Math.round(Math.max(a, b))))];
  };
  return [span(x0, x1), span(y0, y1)];
}

// The area around (x, y) as spans [y, from, to, y, from, to, ...]: all pixels that can be reached from it
// over pixels of which no channel differs by more than the tolerance from the first one's.
export function flood(pixels, side, x, y, tolerance) {
  const start = pixels[y * side + x];
  const far = (pixel, shift) => Math.abs(((pixel >>> shift) & 255) - ((start >>> shift) & 255)) > tolerance;
  const inside = (index) => !(far(pixels[index], 0) || far(pixels[index], 8) || far(pixels[index], 16));
  const seen = new Uint8Array(side * side);
  const spans = [];
  const open = [y * side + x];
  while (open.length) {
    const index = open.pop();
    if (seen[index]) continue;
    const row = index - (index % side);
    let [from, to] = [index, index + 1];
    while (from > row && inside(from - 1)) from -= 1;
    while (to < row + side && inside(to)) to += 1;
    seen.fill(1, from, to);
    spans.push(row / side, from - row, to - row);
    for (const next of [-side, side]) {
      if (row + next < 0 || row + next >= side * side) continue;
      for (let i = from + next; i < to + next; i += 1) if (!seen[i] && inside(i)) open.push(i);
    }
  }
  return spans;
}
