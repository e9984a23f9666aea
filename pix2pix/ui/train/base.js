// What the scripts of the Train tab share.

import { make, text as textOf } from "../shared/base.js";

/** A text of this tab. */
export const text = (key, values) => textOf(`train_${key}`, values);

/**
 * @param {number} seconds
 * @returns {string} in words, such as "3 min"
 */
export function duration(seconds) {
  if (seconds < 60) return text("seconds", { n: Math.round(seconds) });
  if (seconds < 3600) return text("minutes_long", { n: Math.round(seconds / 60) });
  return text("hours", { n: Math.floor(seconds / 3600), m: Math.round((seconds % 3600) / 60) });
}

export const stateChip = (run) => make("span", `train-state train-${run.state}`, text(`state_${run.state}`));
