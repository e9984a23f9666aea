// What all chapters of the Learn tab share: texts in the visitor's language, questions to the server, pictures.
// CONFIG, `element` and `trigger` come from learn.py.

const TEXTS =
  CONFIG.texts[navigator.language] ?? CONFIG.texts[navigator.language.split("-")[0]] ?? CONFIG.texts.en;
const text = (key, blanks = {}) =>
  TEXTS[`learn_${key}`].replace(/\{(\w+)\}/g, (whole, name) => blanks[name] ?? whole);
const number = (value, digits) =>
  new Intl.NumberFormat(navigator.language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
const percent = (share, digits = 1) => `${number(100 * share, digits)} %`;

const ANSWER_MS = 20_000;

// One question at a time, so that the page never piles work up on the server. Of the questions with the same
// slot only the newest waits. An answer that takes too long is said to, others go ahead, and it is still shown
// when it comes: a server that has just started may load its models for a while.
class Port {
  constructor(post) {
    this.post = post;
    this.waiting = new Map(); // slot -> question
    this.sent = new Map(); // number -> question, without an answer so far
    this.newest = new Map(); // slot -> the number of the last question that left
    this.now = 0; // the number of the question that the others wait for
    this.number = 0;
    this.timer = null;
  }

  // fields() is asked when the question leaves; receive(answer) gets {error, missing, …}.
  ask(slot, topic, fields, receive) {
    this.waiting.set(slot, { slot, topic, fields, receive });
    this.#next();
  }

  receive(answer) {
    const question = this.sent.get(answer.number);
    if (!question) return;
    this.sent.delete(answer.number);
    const { slot, receive } = question;
    const outdated = this.newest.get(slot) !== answer.number || (answer.error && this.waiting.has(slot));
    if (!outdated) receive(answer);
    if (answer.number === this.now) this.#free();
  }

  #free() {
    clearTimeout(this.timer);
    this.now = 0;
    this.#next();
  }

  #next() {
    const [first] = this.waiting;
    if (this.now || !first) return;
    const [slot, question] = first;
    this.waiting.delete(slot);
    this.number += 1;
    this.now = this.number;
    this.sent.set(this.number, question);
    this.newest.set(slot, this.number);
    this.timer = setTimeout(() => {
      if (!this.waiting.has(slot)) question.receive({ error: text("slow"), missing: null });
      this.#free();
    }, ANSWER_MS);
    this.post({ ...question.fields(), number: this.number, topic: question.topic });
  }
}

// One chapter: it asks when it is on screen and something it depends on has changed.
class Chapter {
  constructor(name) {
    this.root = element.querySelector(`[data-chapter='${name}']`);
    this.seen = false;
    this.stale = true;
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  all(selector) {
    return [...this.root.querySelectorAll(selector)];
  }

  // The value of a group of radio buttons.
  chosen(name) {
    return this.find(`[name='${name}']:checked`).value;
  }

  on(selector, type, act) {
    for (const node of this.all(selector)) node.addEventListener(type, () => act(node));
  }

  changed() {
    this.stale = true;
    if (this.seen) this.refresh();
  }

  appear() {
    this.seen = true;
    if (this.stale) this.refresh();
  }

  refresh() {
    this.stale = false;
    this.load();
  }

  // Ask, mark the chapter as waiting, and tell what went wrong in its own place.
  ask(topic, fields, show, error = "[data-error]") {
    this.root.toggleAttribute("data-pending", true);
    this.port.ask(`${this.root.dataset.chapter} ${topic}`, topic, fields, (answer) => {
      this.root.toggleAttribute("data-pending", false);
      say(this.find(error), reason(answer));
      if (answer.error) this.stale = true;
      else show(answer);
    });
  }

  picture(name, url, alt) {
    setPicture(this.find(`[data-pic='${name}']`), url, alt);
  }
}

const reason = ({ error, missing }) => (missing ? text("missing", { model: missing }) : error);

function say(node, sentence) {
  node.textContent = sentence ?? "";
  node.hidden = !sentence;
}

function setPicture(figure, url, alt) {
  if (!url) return;
  const frame = figure.querySelector(".learn-frame");
  let image = frame.querySelector("img");
  if (!image) {
    image = document.createElement("img");
    frame.prepend(image);
  }
  image.alt = alt ?? figure.querySelector("figcaption").textContent;
  if (image.src !== url) image.src = url;
}

function make(tag, content = "", attributes = {}) {
  const node = document.createElement(tag);
  node.textContent = content;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// A file as a data URL, or null when it is too large. A photo is made smaller here, to spare the network;
// labels go as they are, because a mixture of two labels is a third.
async function readFile(file, shrink) {
  if (shrink) {
    try {
      const bitmap = await createImageBitmap(file); // turned upright by its EXIF tag
      const scale = Math.min(1, 512 / Math.min(bitmap.width, bitmap.height));
      const canvas = make("canvas");
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      return canvas.toDataURL("image/png");
    } catch {
      // this browser cannot read it: the server says what is wrong with it
    }
  }
  if (file.size > CONFIG.uploadBytes) return null;
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => resolve("");
    reader.readAsDataURL(file);
  });
}
