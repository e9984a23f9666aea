// The Draw tab's page: its elements and what it says. `open` comes first; the other scripts use the rest.

import { fillTexts, say as sayIn, text } from "../shared/base.js";

/** @type {HTMLElement} */
let element = null;
/** @type {HTMLElement} */
export let root = null;
/** What tab.py tells the page. */
export let config = null;
export let trigger = null;

/** Takes the component, from gr.HTML, and its config. */
export function open(component, given) {
  ({ element, trigger } = component);
  config = given;
  root = find(".p2p");
  fillTexts(element);
}

export const find = (selector) => element.querySelector(selector);
export const findAll = (selector) => [...element.querySelectorAll(selector)];

/** A label's name as the checkpoint has it, in the page's language where it is one that we know. */
export const labelName = (name) => text(`label_${name.replaceAll(" ", "_")}`) || name;

/** A sentence over the drawing, until the next one or the next stroke. */
export const say = (sentence, isError = false) => sayIn(find("[data-note]"), sentence, isError);

export function press(name, pressed) {
  find(`[data-do='${name}']`).setAttribute("aria-pressed", String(pressed));
}

export const isShown = () => root.offsetParent !== null; // not while another tab is

/** Saves a file that was made here: nothing is written on the server. */
export function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
