// A photo instead of a drawing: chosen, dropped or pasted, sent to the server; its edges come back, or for
// a label model its labels.

import { loadImage, text } from "../shared/base.js";
import { smaller, toSend } from "../shared/files.js";
import { ask } from "./ask.js";
import { config, say } from "./page.js";

const SEND_AS_IT_IS = 1_500_000; // bytes; larger photos are made smaller here, to spare the network
const SMALL_ENOUGH = 1024; // pixels, the longer side of what is then sent
const ANSWER_MS = 20_000;
const shrink = (file) => smaller(file, (...sides) => SMALL_ENOUGH / Math.max(...sides), "image/jpeg", 0.92);
let newest = null; // the file that was chosen last

/**
 * @param {File} file
 * @param {() => string} model whose drawing it becomes
 * @param {(image: HTMLImageElement) => void} show puts the edges or labels on the canvas
 */
export async function upload(file, model, show) {
  newest = file;
  say(text("reading_photo"));
  const photo = await toSend(file, config.uploadBytes, file.size > SEND_AS_IT_IS ? shrink : null);
  if (file !== newest) return; // another one was chosen meanwhile
  if (photo === null) {
    say(text("upload_large", { limit: Math.floor(config.uploadBytes / 1e6) }), true);
    return;
  }
  const timer = setTimeout(() => say(text("upload_failed"), true), ANSWER_MS);
  const { edges, error } = await ask("upload", { photo, model: model() });
  clearTimeout(timer);
  if (file !== newest) return;
  say("");
  if (!error) show(await loadImage(edges)); // else the server's own message is on screen
}
