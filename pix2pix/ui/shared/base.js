// What the scripts of all tabs share: the page's language, its texts and numbers, elements, and pictures.

import { TEXTS } from "./texts.js"; // made of texts/*.py, see assets.py

/**
 * What is there in the page's language, or else in English. The language itself is chosen once, before anything
 * else on the page, by server/early.js.
 * @template T
 * @param {Object<string, T>} languages
 * @returns {T}
 */
export function inLanguage(languages) {
  const { language } = navigator;
  return languages[language] ?? languages[language.split("-")[0]] ?? languages.en;
}

const texts = { ...TEXTS.en, ...inLanguage(TEXTS) };

/**
 * @param {string} template with gaps: "{name}"
 * @param {Object<string, *>} values for them; a gap without one stays
 * @returns {string}
 */
export const fill = (template, values) => template.replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap);

/**
 * @param {string} key of texts/*.py
 * @param {Object<string, *>} [values] for its gaps
 * @returns {string} in the page's language; "" where there is no such text
 */
export const text = (key, values = {}) => fill(texts[key] ?? "", values);

/**
 * Fills in the texts of a component's template: data-text, data-title and data-label name them.
 * @param {Element} element
 * @param {string} [prefix] of the names
 */
export function fillTexts(element, prefix = "") {
  for (const node of element.querySelectorAll("[data-text]")) node.textContent = text(prefix + node.dataset.text);
  for (const node of element.querySelectorAll("[data-title]")) node.title = text(prefix + node.dataset.title);
  for (const node of element.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", text(prefix + node.dataset.label));
    if (node.matches("button")) node.title = text(prefix + node.dataset.label);
  }
}

/**
 * @param {number} value
 * @param {number} [digits] after the point
 * @returns {string} as the page's language writes it
 */
export const number = (value, digits = 0) =>
  value.toLocaleString(navigator.language, { maximumFractionDigits: digits, minimumFractionDigits: digits });

/**
 * A new element.
 * @param {string} tag
 * @param {string} [name] its class
 * @param {*} [inside] strings, which become text and never markup, and elements; null and "" are left out
 * @param {Object<string, *>} [attributes]
 * @returns {HTMLElement}
 */
export function make(tag, name = "", inside = [], attributes = {}) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.append(...[inside].flat().filter((part) => part !== null && part !== ""));
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/**
 * @param {string} url
 * @returns {Promise<HTMLImageElement>} once it can be drawn
 */
export function loadImage(url) {
  const image = new Image();
  image.src = url;
  return image.decode().then(() => image);
}

/**
 * Shows a sentence, or hides its place where there is none.
 * @param {HTMLElement} note
 * @param {?string} [sentence]
 * @param {boolean} [isError]
 */
export function say(note, sentence, isError = false) {
  note.textContent = sentence ?? "";
  note.hidden = !sentence;
  note.classList.toggle("p2p-error", isError);
}

/**
 * The `start` of a component that only shows its value: draw(root, value, trigger) is called at first and for each
 * new value, with the template's one element, and {} where there is no value.
 */
export const showing =
  (draw) =>
  ({ element, props, trigger, watch }) => {
    const show = () => draw(element.firstElementChild, props.value ?? {}, trigger);
    watch("value", show);
    show();
  };

const NO_DRAWING = { drawing: null, photo: null, kind: null };
let onCanvas = () => NO_DRAWING;

/**
 * The Draw tab says how other tabs come by what is there.
 * @param {() => {drawing: ?string, photo: ?string, kind: string}} give
 */
export function shareCanvas(give) {
  onCanvas = give;
}

/**
 * What is on the Draw tab's canvas: the drawing and the photo that belongs to it as data URLs, each null where
 * there is none, and the drawing's kind, "edges" or "labels".
 */
export const canvasNow = () => onCanvas();
