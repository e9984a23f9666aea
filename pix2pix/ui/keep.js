// The drawing survives a reload of its tab, also the one that Gradio makes after it lost the server.
// It stays in this tab of this browser and goes with it.

const KEPT = "pix2pix-drawing";

function keepDrawing(drawing, seed) {
  const operations = drawing.operations.map(({ image, ...rest }) => rest);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ operations, cursor: drawing.cursor, seed }));
  } catch {
    // No storage, or it is full: then the page starts anew.
  }
}

// {operations, cursor, seed}, or null when there is nothing, or nothing usable.
async function keptDrawing() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    if (!Array.isArray(kept?.operations)) return null;
    for (const operation of kept.operations) {
      if (!operation.url) continue;
      operation.image = new Image();
      operation.image.src = operation.url;
      await operation.image.decode();
    }
    return kept;
  } catch {
    return null;
  }
}
