// The slider below the drawing.

import { text } from "../shared/base.js";
import { Drawing } from "../shared/drawing.js";
import { find } from "./page.js";

export class Timeline {
  // moved() is called after the cursor was.
  constructor({ moved }) {
    this.slider = find("[data-timeline]");
    this.count = find("[data-timeline-count]");
    this.drawing = new Drawing();
    this.slider.addEventListener("input", () => {
      this.drawing.cursor = Number(this.slider.value);
      moved();
    });
  }

  show(drawing) {
    this.drawing = drawing;
    const { length } = drawing.operations;
    this.slider.max = Math.max(length, 1); // a range needs some room
    this.slider.value = drawing.cursor;
    this.slider.disabled = !length;
    this.count.textContent = `${drawing.cursor}/${length}`;
    this.slider.setAttribute("aria-valuetext", text("timeline_value", { at: drawing.cursor, all: length }));
    find("[data-do='replay']").disabled = find("[data-do='save-animation']").disabled = !drawing.cursor;
  }
}
