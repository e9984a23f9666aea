// Sentences in the page's language. The value is {lines, next}: each line is {key, ...values} with a key of
// texts/photo.py, or {text}, as the server says it. Where `next` is a number, the work goes on when this page asks for
// it, so that it ends with the page.

import { make, text } from "./base.js";

const line = ({ key, text: said, warn, ...values }) =>
  make("p", "", said ?? text(key, values), warn ? { "data-warn": "" } : {});

/** Starts a notice, see notices.py. */
export function start({ element, props, trigger, watch }) {
  let asked = null;
  const show = () => {
    const { lines = [], next = null } = props.value ?? {};
    element.querySelector("[data-notice]").replaceChildren(...lines.map(line));
    if (next === null || next === asked) return;
    asked = next;
    trigger("input");
  };
  watch("value", show);
  show();
}
