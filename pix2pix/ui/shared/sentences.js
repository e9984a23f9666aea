// The server's sentences in the page's language; texts/server/sentences.py has the templates. Gradio's toasts, which
// show such sentences too, are changed where they appear.

import { inLanguage } from "./base.js";
import { SENTENCES } from "./texts.js";

const { sentences, parts } = inLanguage(SENTENCES) ?? {};
const GAPS = /\{(\d+)(!t)?\}/g;

// Templates as patterns, those with the most text of their own first: of two that match they say more.
const patterns = (templates = {}) =>
  Object.entries(templates)
    .map(([english, translated]) => {
      const texts = english.split(/\{\d+\}/);
      const pattern = texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("([^]*?)");
      return { pattern: new RegExp(`^${pattern}$`, "u"), translated, weight: texts.join("").length };
    })
    .sort((one, other) => other.weight - one.weight);

const whole = patterns(sentences);
const within = [...whole, ...patterns(parts)].sort((one, other) => other.weight - one.weight);

const translate = (text, among) => {
  for (const { pattern, translated } of among) {
    const found = pattern.exec(text);
    if (found) return translated.replace(GAPS, (_, gap, nested) => (nested ? inner(found[+gap + 1]) : found[+gap + 1]));
  }
  return null;
};

// What a gap holds; a sentence may stand there without its full stop.
const inner = (text) =>
  translate(text, within) ?? translate(`${text}.`, whole)?.replace(/\.$/, "") ?? text;

/**
 * @param {string} sentence of the server
 * @returns {string} in the page's language, where it is known
 */
export const told = (sentence) => translate(sentence, whole) ?? sentence;

// Before they are painted: an observer is called before the page is. Only text is changed, so that what Gradio keeps
// of its elements stays true.
export function translateToasts() {
  if (!whole.length) return;
  const change = (node) => {
    const text = node.data.trim();
    const own = text && translate(text, whole);
    if (own && own !== text) node.data = node.data.replace(text, () => own);
  };
  new MutationObserver(() => {
    for (const toast of document.querySelectorAll("[data-testid='toast-text'], .toast-title")) {
      for (const node of toast.childNodes) if (node.nodeType === Node.TEXT_NODE) change(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
}
