// Gradio's own toasts in the page's language: SAID has patterns of what it says, by language. Ours come translated from
// the server. An observer is called before the page is painted; only text is changed, so that what Gradio keeps of its
// elements stays true.

import { inLanguage } from "./base.js";
import { SAID } from "./texts.js";

const said = Object.entries(inLanguage(SAID) ?? {})
  .map(([english, own]) => [new RegExp(`^\\s*${english}\\s*$`, "u"), own]);

export function translateToasts() {
  if (!said.length) return;
  new MutationObserver(() => {
    for (const toast of document.querySelectorAll("[data-testid='toast-text'], .toast-title")) {
      for (const node of toast.childNodes) {
        const found = node.nodeType === Node.TEXT_NODE && said.find(([english]) => english.test(node.data));
        if (found) node.data = node.data.replace(...found);
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
}
