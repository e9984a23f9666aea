// The Draw tab's page: its elements, its texts and what it says. Each script of draw.SCRIPTS is a part of one
// function that runs once, when the component is mounted; `element`, `props`, `trigger` come from gr.HTML.

const find = (selector) => element.querySelector(selector);
const findAll = (selector) => [...element.querySelectorAll(selector)];
const root = find(".p2p");

function chooseTexts(translations) {
  for (const language of navigator.languages ?? [navigator.language]) {
    const known = translations[language] ?? translations[language.split("-")[0]];
    if (known) return { ...translations.en, ...known };
  }
  return translations.en;
}

const TEXTS = chooseTexts(CONFIG.texts);
const text = (key, values = {}) =>
  TEXTS[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// A label's name as the checkpoint has it, in the visitor's language where it is one that we know.
const labelName = (name) => TEXTS[`label_${name.replaceAll(" ", "_")}`] ?? name;

function fillTexts() {
  for (const node of findAll("[data-text]")) node.textContent = text(node.dataset.text);
  for (const node of findAll("[data-title]")) node.title = text(node.dataset.title);
  for (const node of findAll("[data-label]")) {
    node.setAttribute("aria-label", text(node.dataset.label));
    if (node.matches("button")) node.title = text(node.dataset.label);
  }
}

// A sentence over the drawing, until the next one or the next stroke.
function say(sentence, isError = false) {
  const note = find("[data-note]");
  note.textContent = sentence;
  note.hidden = !sentence;
  note.classList.toggle("p2p-error", isError);
}

function press(name, pressed) {
  find(`[data-do='${name}']`).setAttribute("aria-pressed", String(pressed));
}

// Listens on the whole page for as long as this component is on it.
function onPage(type, listener) {
  const listen = (event) => {
    if (element.isConnected) listener(event);
    else document.removeEventListener(type, listen);
  };
  document.addEventListener(type, listen);
}

const isShown = () => root.offsetParent !== null; // not while another tab is

function loadImage(url) {
  const image = new Image();
  image.src = url;
  return image.decode().then(() => image);
}

// Save a file that was made here: nothing is written on the server.
function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
