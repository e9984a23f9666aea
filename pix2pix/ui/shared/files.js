// Files that the visitor chose, as data URLs.

import { layer } from "./shapes.js";

/**
 * @param {File} file
 * @returns {Promise<string>} the file as it is; "" where it cannot be read
 */
export const asUrl = (file) =>
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
