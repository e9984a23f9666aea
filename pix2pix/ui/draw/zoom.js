// The canvas seen larger: by a wheel with Ctrl, two fingers, or keys. Places on it are read off the element's
// box as it is on screen, so nobody else needs to know.

const MOST = 6;
const STEP = 1.4; // of a key
const WHEEL = 0.0025; // of the logarithm, for each pixel that a wheel turns

export class Zoom {
  /**
   * @param {HTMLElement} view what is seen larger
   * @param {HTMLElement} box the window that it is seen through, of the same size
   * @param {() => void} began called when two fingers are down: the first of them was not drawing
   */
  constructor(view, box, began) {
    Object.assign(this, { view, box, began });
    this.reset();
    this.fingers = new Map(); // by pointer, where each is
    box.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    box.addEventListener("pointerdown", (event) => this.#down(event), true);
    box.addEventListener("pointermove", (event) => this.#move(event), true);
    for (const type of ["pointerup", "pointercancel"]) {
      window.addEventListener(type, (event) => this.fingers.delete(event.pointerId), true);
    }
  }

  reset() {
    this.scale = 1;
    this.x = this.y = 0; // of the view's corner, in the box's sides
    this.#show();
  }

  /** Larger (1) or smaller (-1) about the middle. */
  step(direction) {
    this.#about(0.5, 0.5, STEP ** direction);
  }

  /** Moves what is seen, in the box's sides. */
  pan(x, y) {
    this.x += x;
    this.y += y;
    this.#show();
  }

  // The point (x, y) of the box, in its sides, stays where it is.
  #about(x, y, factor) {
    const scale = Math.min(Math.max(this.scale * factor, 1), MOST);
    const grown = scale / this.scale;
    this.x = x - (x - this.x) * grown;
    this.y = y - (y - this.y) * grown;
    this.scale = scale;
    this.#show();
  }

  #show() {
    const kept = (at) => Math.min(Math.max(at, 1 - this.scale), 0); // the box stays full
    this.x = kept(this.x);
    this.y = kept(this.y);
    const { scale, x, y } = this;
    this.view.style.transformOrigin = "0 0";
    this.view.style.transform = scale === 1 ? "" : `translate(${100 * x}%, ${100 * y}%) scale(${scale})`;
    this.box.toggleAttribute("data-zoomed", scale > 1);
  }

  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.box.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }

  #wheel(event) {
    const zooms = event.ctrlKey || event.metaKey; // as a trackpad's pinch is told
    if (!zooms && this.scale === 1) return; // the page scrolls
    event.preventDefault();
    const { width } = this.box.getBoundingClientRect();
    if (zooms) this.#about(...this.#place(event), Math.exp(-WHEEL * event.deltaY));
    else this.pan(-event.deltaX / width, -event.deltaY / width);
  }

  #down(event) {
    if (event.pointerType !== "touch") return;
    this.fingers.set(event.pointerId, this.#place(event));
    if (this.fingers.size !== 2) return;
    event.stopPropagation();
    this.began();
  }

  #move(event) {
    if (!this.fingers.has(event.pointerId)) return;
    const before = this.#pair();
    this.fingers.set(event.pointerId, this.#place(event));
    if (!before) return;
    event.stopPropagation();
    const now = this.#pair();
    this.pan(now.x - before.x, now.y - before.y);
    this.#about(now.x, now.y, now.apart / Math.max(before.apart, 0.01));
  }

  // The middle of two fingers and how far apart they are, or null.
  #pair() {
    if (this.fingers.size !== 2) return null;
    const [[x0, y0], [x1, y1]] = this.fingers.values();
    return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, apart: Math.hypot(x1 - x0, y1 - y0) };
  }
}
