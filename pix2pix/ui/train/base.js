// What the scripts of the Train tab share: texts in the page's language, and elements made of them.

const texts = TEXTS[navigator.language] ?? TEXTS[navigator.language.split("-")[0]] ?? TEXTS.en;
const text = (key, values = {}) =>
  (texts[`train_${key}`] ?? TEXTS.en[`train_${key}`] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// An element with a class, what is in it (strings become text, never markup), and attributes.
const make = (tag, name = "", inside = [], attributes = {}) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.append(...[inside].flat().filter((part) => part !== null && part !== ""));
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};

const number = (value, digits = 0) =>
  value.toLocaleString(navigator.language, { maximumFractionDigits: digits, minimumFractionDigits: digits });

const duration = (seconds) => {
  if (seconds < 60) return text("seconds", { n: Math.round(seconds) });
  if (seconds < 3600) return text("minutes_long", { n: Math.round(seconds / 60) });
  return text("hours", { n: Math.floor(seconds / 3600), m: Math.round((seconds % 3600) / 60) });
};

const stateChip = (run) => make("span", `train-state train-${run.state}`, text(`state_${run.state}`));

// The drawing of that kind on the Draw tab's canvas, as a PNG data URL; null where there is none.
const drawingNow = (kind) => {
  const detail = {};
  document.dispatchEvent(new CustomEvent("p2p:ask", { detail }));
  return detail.kind === kind ? detail.drawing : null;
};
