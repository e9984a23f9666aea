// Files that the visitor chose, as data URLs.

import { layer } from "./shapes.js";

/**
 * A file to be sent, or null where it is too large. It may be made smaller before, to spare the network; what this
 * browser cannot read goes as it is, and the server says what is wrong with it.
 * @param {File} file
 * @param {number} most bytes
 * @param {?(file: File) => Promise<string>} shrink
 * @returns {Promise<?string>}
 */
export async function toSend(file, most, shrink) {
  try {
    if (shrink) return await shrink(file);
  } catch {
    // this browser cannot read it
  }
  return file.size > most ? null : asUrl(file);
}

/** The file as it is; "" where it cannot be read. */
const asUrl = (file) =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => resolve("");
    reader.readAsDataURL(file);
  });

/**
 * A photo upright, on white where it is transparent.
 * @param {File} file
 * @param {(width: number, height: number) => number} scaleOf how much smaller it becomes; never larger
 * @param {string} type of the picture that is made, and its quality
 * @returns {Promise<string>} fails where this browser cannot read the file
 */
export async function smaller(file, scaleOf, type, quality) {
  const bitmap = await createImageBitmap(file); // turned upright by its EXIF tag
  const scale = Math.min(1, scaleOf(bitmap.width, bitmap.height));
  const context = layer(1);
  const { canvas } = context;
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.toDataURL(type, quality);
}
