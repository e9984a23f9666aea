// What all chapters of the Learn tab share: questions to the server, and pictures. `open` comes first.

import { number, say, text as textOf } from "../shared/base.js";
import { smaller, toSend } from "../shared/files.js";

/** @type {HTMLElement} */
export let element = null;
/** What tab.py tells the page. */
export let config = null;

/** Takes the component, from gr.HTML, and its config. */
export function open(component, given) {
  ({ element } = component);
  config = given;
}

/** A text of this tab. */
export const text = (key, values) => textOf(`learn_${key}`, values);

/** @param {number} share of 1 */
export const percent = (share, digits = 1) => `${number(100 * share, digits)} %`;

const ANSWER_MS = 20_000;
const PHOTO_SIDE = 512; // pixels, the shorter side of what is sent

// One question at a time, so that the page never piles work up on the server. Of the questions with the same
// slot only the newest waits. An answer that takes too long is said to, others go ahead, and it is still shown
// when it comes: a server that has just started may load its models for a while.
export class Port {
  constructor(post, patience = ANSWER_MS) {
    this.post = post;
    this.patience = patience; // milliseconds for an answer
    this.waiting = new Map(); // slot -> question
    this.sent = new Map(); // number -> question, without an answer so far
    this.newest = new Map(); // slot -> the number of the last question that left
    this.now = 0; // the number of the question that the others wait for
    this.number = 0;
    this.timer = null;
  }

  // fields() is asked when the question leaves; receive(answer) gets {error, …}.
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
      if (!this.waiting.has(slot)) question.receive({ error: text("slow") });
      this.#free();
    }, this.patience);
    this.post({ ...question.fields(), number: this.number, topic: question.topic });
  }
}

// One chapter: it asks when it is on screen and something it depends on has changed.
export class Chapter {
  // studio: of learn.js, where questions go and what they are about.
  constructor(name, studio) {
    this.studio = studio;
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
    this.studio.ask(`${this.root.dataset.chapter} ${topic}`, topic, fields, (answer) => {
      this.root.toggleAttribute("data-pending", false);
      say(this.find(error), answer.error);
      if (answer.error) this.stale = true;
      else show(answer);
    });
  }

  picture(name, url, alt) {
    setPicture(this.find(`[data-pic='${name}']`), url, alt);
  }
}

export function setPicture(figure, url, alt) {
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

const shrunk = (file) => smaller(file, (...sides) => PHOTO_SIDE / Math.min(...sides), "image/png");

/**
 * The file that was just chosen, as a data URL, goes to use(url); where it is too large, the note says so. Only photos
 * are made smaller: a mixture of two labels is a third.
 */
export async function takeFile(field, isPhoto, note, use) {
  const [file] = field.files;
  field.value = ""; // so that the same file can be chosen again
  if (!file) return;
  const url = await toSend(file, config.uploadBytes, isPhoto ? shrunk : null);
  if (url === null) say(note, text("large", { limit: Math.floor(config.uploadBytes / 1e6) }));
  else use(url);
}
