// Texts of the Critic tab in the visitor's language, for both of its scripts.

const TEXTS = CONFIG.texts[navigator.language] ?? CONFIG.texts[navigator.language.split("-")[0]] ?? CONFIG.texts.en;
const text = (key, values = {}) =>
  (TEXTS[key] ?? CONFIG.texts.en[key]).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const find = (selector) => element.querySelector(selector);
const findAll = (selector) => [...element.querySelectorAll(selector)];

for (const node of findAll("[data-text]")) node.textContent = text(node.dataset.text);
for (const node of findAll("[data-label]")) node.setAttribute("aria-label", text(node.dataset.label));
