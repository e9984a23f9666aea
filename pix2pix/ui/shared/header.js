// The strip above the tabs: the product's name, the language and the theme.

import { fillTexts } from "./base.js";
import { translateToasts } from "./sentences.js";

const keep = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // storage is switched off: the choice holds for this page only
  }
};

/** Starts the strip, and what Gradio's own parts of the page need. */
export function start({ element }) {
  fillTexts(element);
  for (const button of element.querySelectorAll("[data-language]")) {
    const chosen = button.dataset.language === navigator.language.split("-")[0];
    button.setAttribute("aria-pressed", String(chosen));
    button.addEventListener("click", () => {
      if (chosen) return;
      keep("p2p:language", button.dataset.language);
      location.reload(); // the drawing is kept, see keep.js
    });
  }
  element.querySelector("[data-theme]").addEventListener("click", () => {
    const dark = document.body.classList.toggle("dark");
    keep("p2p:theme", dark ? "dark" : "light");
    const address = new URL(location.href);
    address.searchParams.set("__theme", dark ? "dark" : "light");
    history.replaceState(null, "", address);
  });
  translateToasts();
  nameEmptyBoxes();
}

// Gradio gives its empty boxes a name but no role that may have one.
function nameEmptyBoxes() {
  let looking = 0;
  new MutationObserver(() => {
    looking ||= requestAnimationFrame(() => {
      looking = 0;
      for (const box of document.querySelectorAll(".empty[aria-label]:not([role])")) box.role = "img";
    });
  }).observe(document.body, { childList: true, subtree: true });
}
