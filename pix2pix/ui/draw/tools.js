// The tools, their sizes, and the pointer that makes operations with them.

import { text } from "../shared/base.js";
import { find, findAll } from "./page.js";

export const TOOL_KEYS = { p: "pen", l: "line", r: "rect", f: "fill", e: "erase", d: "dab" };
const APART = 0.7; // pixels of the model between two points of a stroke

// Sizes in pixels of the model: [text, least, most, first].
export function sizesOf({ kind, side, lineWidth }) {
  const scaled = (...values) => values.map((value) => Math.max(1, Math.round((value * side) / 256)));
  const eraser = ["eraser_size", ...scaled(6, 48, 16)];
  if (kind === "labels") return { pen: ["brush_size", ...scaled(1, 48, 8)], erase: eraser };
  const [thin, thick] = lineWidth;
  const pen = ["pen_size", thin, thick, Math.min(Math.max(2, thin), thick)];
  return { pen, erase: eraser, dab: ["dab_size", ...scaled(8, 28, 18)] };
}

export class Tools {
  // palette: see palette.js; area(point) finds what a fill covers; drawn(operation) is called with each
  // finished one, started() before and moved() while it is made.
  constructor({ view, palette, area, drawn, started, moved }) {
    Object.assign(this, { view, palette, area, drawn, started, moved });
    this.format = null;
    this.name = "pen";
    this.sizes = {}; // values by format key and tool
    this.stroke = null; // the operation that is being made
    this.pointer = null; // the one pointer that makes it
    this.slider = find("[data-size]");
    this.#listen();
  }

  use(format) {
    this.format = format;
    const limits = sizesOf(format);
    const first = Object.fromEntries(Object.entries(limits).map(([tool, limit]) => [tool, limit[3]]));
    this.limits = limits;
    this.sizes[format.key] ??= first;
    find("[data-tool='dab']").hidden = format.kind === "labels";
    find("[data-tool='pen']").title = text(format.kind === "labels" ? "brush" : "pen");
    find("[data-tool='pen']").setAttribute("aria-label", find("[data-tool='pen']").title);
    this.choose(format.kind === "labels" && this.name === "dab" ? "pen" : this.name);
  }

  // Which size a tool has: lines and rectangles are drawn with the pen.
  #sized(tool) {
    if (tool === "line" || (tool === "rect" && this.format.kind === "edges")) return "pen";
    return tool in this.limits ? tool : null;
  }

  get size() {
    const sized = this.#sized(this.name);
    return sized ? this.sizes[this.format.key][sized] : 0;
  }

  choose(name) {
    if (name === "dab" && this.format.kind === "labels") return;
    this.name = name;
    const limit = this.limits[this.#sized(name) ?? "pen"];
    this.slider.disabled = !this.#sized(name);
    Object.assign(this.slider, { min: limit[1], max: limit[2] });
    this.slider.value = this.size || this.sizes[this.format.key].pen;
    this.slider.title = text(limit[0]);
    find("[data-size-name]").textContent = text(limit[0]);
    for (const button of findAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === name));
    }
    find("[data-paper]").dataset.using = name;
    find("[data-ring]").hidden = true; // until the pointer moves, with the new size
    this.show();
  }

  // A colour was chosen: then it is wanted for what comes next.
  colourChosen() {
    if (this.format.kind === "edges" && this.name !== "fill") this.choose("dab");
    else if (this.name === "erase") this.choose("pen");
    else this.show();
  }

  resize(step) {
    if (this.slider.disabled) return;
    this.slider.value = Number(this.slider.value) + step;
    this.#sizeChanged();
  }

  show() {
    const size = this.size;
    find("[data-size-value]").textContent = size || "–";
    const dot = find(".p2p-dot");
    dot.style.width = dot.style.height = `${Math.min(Math.max(size * 0.8, 3), 24)}px`;
    const inks = { dab: this.palette.color, fill: this.palette.color, erase: "transparent" };
    const ink = this.format.kind === "labels" ? this.palette.color : "currentColor";
    dot.style.background = inks[this.name] ?? ink;
  }

  #sizeChanged() {
    const sized = this.#sized(this.name);
    if (sized) this.sizes[this.format.key][sized] = Number(this.slider.value);
    this.show();
  }

  // ---- pointer ----

  #place(event) {
    const { left, top, width, height } = this.view.getBoundingClientRect();
    const { side } = this.format;
    return [((event.clientX - left) * side) / width, ((event.clientY - top) * side) / height].map(
      (value) => Math.round(value * 10) / 10,
    );
  }

  /** What is being drawn was not meant: a second finger makes it a pinch. */
  abandon() {
    if (!this.stroke) return;
    this.stroke = this.pointer = null;
    this.drawn(null);
  }

  // A pen's pressure as the line's width, within the sizes that the model knows; null for other pointers.
  #pressed(event) {
    if (this.stroke.tool !== "pen" || this.format.kind !== "edges" || event.pointerType !== "pen") return null;
    const [, least, most] = this.limits.pen;
    const width = this.stroke.width * (0.4 + 1.2 * event.pressure);
    return Math.round(10 * Math.min(Math.max(width, least), most)) / 10;
  }

  #begin(event) {
    if (this.stroke || (event.button > 0 && event.button !== 5)) return; // a second finger draws nothing
    event.preventDefault();
    document.activeElement?.blur(); // whoever draws has stopped typing: keys are shortcuts again
    this.started();
    const tool = event.button === 5 ? "erase" : this.name; // the other end of a pen
    const point = this.#place(event);
    if (tool === "fill") {
      const spans = this.area(point);
      if (spans) this.drawn({ tool, color: this.palette.color, spans });
      return;
    }
    this.view.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.stroke = { tool, width: this.sizes[this.format.key][this.#sized(tool) ?? "pen"], points: point };
    if (tool === "dab" || (this.format.kind === "labels" && tool !== "erase")) {
      this.stroke.color = this.palette.color;
    }
    if (this.#straight) this.stroke.points = [...point, ...point];
    const width = this.#pressed(event);
    if (width) this.stroke.widths = [width];
    this.moved();
  }

  get #straight() {
    return ["line", "rect"].includes(this.stroke?.tool);
  }

  #extend(event) {
    const [x, y] = this.#place(event);
    const { points } = this.stroke;
    if (this.#straight) {
      points.splice(2, 2, ...this.#held(points, x, y, event.shiftKey));
      return;
    }
    const last = points.length - 2;
    if (Math.hypot(x - points[last], y - points[last + 1]) < APART) return;
    points.push(x, y);
    this.stroke.widths?.push(this.#pressed(event) ?? this.stroke.width);
  }

  // With Shift a line keeps to multiples of 45 degrees, and a rectangle is a square.
  #held([x0, y0], x, y, shift) {
    if (!shift) return [x, y];
    const [dx, dy] = [x - x0, y - y0];
    if (this.stroke.tool === "rect") {
      const length = Math.max(Math.abs(dx), Math.abs(dy));
      return [x0 + Math.sign(dx || 1) * length, y0 + Math.sign(dy || 1) * length];
    }
    const angle = (Math.round(Math.atan2(dy, dx) / (Math.PI / 4)) * Math.PI) / 4;
    const length = dx * Math.cos(angle) + dy * Math.sin(angle);
    return [x0 + length * Math.cos(angle), y0 + length * Math.sin(angle)];
  }

  #move(event) {
    this.#showRing(event);
    if (!this.stroke || event.pointerId !== this.pointer) return;
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) this.#extend(part);
    this.moved();
  }

  #end(event) {
    if (!this.stroke || event.pointerId !== this.pointer) return;
    if (event.type === "pointerup") this.#extend(event);
    const { stroke } = this;
    const [x0, y0, x1, y1] = stroke.points;
    const nothing = this.#straight && Math.hypot(x1 - x0, y1 - y0) < 1; // a tap is no line
    this.stroke = this.pointer = null;
    // A cancelled pointer was a palm, a system gesture or a call: what it drew was not meant.
    this.drawn(event.type === "pointercancel" || nothing ? null : stroke);
  }

  #showRing(event) {
    const ring = find("[data-ring]");
    const round = ["erase", "dab"].includes(this.name) || this.format.kind === "labels";
    ring.hidden =
      event.pointerType === "touch" || !round || !this.#sized(this.name) || event.type === "pointerleave";
    const { left, top } = ring.parentElement.getBoundingClientRect();
    const width = (this.size * this.view.getBoundingClientRect().width) / this.format.side;
    ring.style.width = ring.style.height = `${width}px`;
    ring.style.transform = `translate(${event.clientX - left - width / 2}px, ${event.clientY - top - width / 2}px)`;
  }

  #listen() {
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.view.addEventListener(type, (event) => this.#end(event));
    }
    this.view.addEventListener("pointerdown", (event) => this.#begin(event));
    this.view.addEventListener("pointermove", (event) => this.#move(event));
    this.view.addEventListener("pointerleave", (event) => this.#showRing(event));
    this.slider.addEventListener("input", () => this.#sizeChanged());
  }
}
