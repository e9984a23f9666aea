// The drawings survive a reload of their tab, also the one that Gradio makes after it lost the server.
// They stay in this tab of this browser and go with it.

import { loadImage } from "../shared/base.js";
import { Drawing } from "../shared/drawing.js";

const KEPT = "pix2pix-drawings";

// drawings: Map of format key -> Drawing; rest: plain values.
export function keepDrawings(drawings, rest) {
  const kept = [...drawings].map(([key, { operations, cursor }]) => [
    key,
    { operations: operations.map(({ image, ...operation }) => operation), cursor },
  ]);
  try {
    sessionStorage.removeItem(KEPT); // first: when there is no room, an older drawing must not come back
    sessionStorage.setItem(KEPT, JSON.stringify({ ...rest, drawings: kept }));
  } catch {
    // No storage, or it is full: then the page starts anew.
  }
}

// {drawings, ...rest}, or null when there is nothing, or nothing usable.
export async function keptDrawings() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    const drawings = new Map();
    for (const [key, { operations, cursor }] of kept.drawings) {
      for (const operation of operations) {
        if (operation.url) operation.image = await loadImage(operation.url);
      }
      drawings.set(key, new Drawing(operations, cursor));
    }
    return { ...kept, drawings };
  } catch {
    return null;
  }
}
