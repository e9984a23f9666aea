// Which model draws the photo: one of the list, or one from the Hub. It is loaded beside the drawing, which
// stays as it is; until it is there, and if it does not come, the model before goes on.

import { say, text } from "../shared/base.js";
import { config, find } from "./page.js";

const HUB_CHOICE = "hub";

export class Picker {
  // open(request) and refresh() start events; opened(model, format) is called when a model is there.
  constructor({ open, refresh, opened }) {
    Object.assign(this, { open, refresh, opened });
    this.model = config.model;
    this.select = find("[data-model]");
    this.form = find("[data-hub-form]");
    this.field = find("[data-hub]");
    this.number = 0; // of the newest request
    this.waiting = null; // {number, ready, fail}
    this.choices = config.choices;
    this.owner = document.documentElement.classList.contains("p2p-owner");
    this.fill();
    this.#listen();
  }

  // The list may have grown: a training saved its first model.
  fill(choices = this.choices) {
    this.choices = choices;
    const known = choices.some(({ model }) => model === this.model);
    const shown = known ? choices : [...choices, { model: this.model, label: shortName(this.model) }];
    const options = shown.map(({ model, label }) => new Option(label, model));
    if (this.owner) options.push(new Option(text("from_hub"), HUB_CHOICE));
    const same = (option, i) => option.value === this.select.options[i]?.value;
    if (options.length !== this.select.options.length || !options.every(same)) {
      this.select.replaceChildren(...options); // only then: it may be open
    }
    if (this.form.hidden) this.select.value = this.model;
    else this.select.value = HUB_CHOICE;
  }

  // Load a model, with `critic: true` its critic too. Gives the answer once it is there, null when it is not to
  // be had (and that was said).
  load(request, quietly = false) {
    this.number += 1;
    const { number } = this;
    this.waiting?.resolve(null);
    this.#busy(true);
    const name = request.hub ?? shortName(request.model);
    if (!quietly) this.#say(text("model_loading", { name }));
    this.open({ ...request, number });
    return new Promise((resolve) => {
      this.waiting = { number, resolve };
    });
  }

  // answer: {number, model, format, error, critic_error}
  receive(answer) {
    const { number, model, format, error } = answer;
    if (number !== this.waiting?.number) return; // another one was chosen meanwhile
    const { resolve } = this.waiting;
    this.waiting = null;
    this.#busy(false);
    if (error) {
      this.#say(error, true);
      this.select.value = this.form.hidden ? this.model : HUB_CHOICE;
      resolve(null);
      return;
    }
    this.#say("");
    const hub = !this.form.hidden && model.startsWith("hf://");
    this.model = model;
    if (hub) this.form.hidden = true;
    this.fill();
    this.opened(model, format);
    resolve(answer);
  }

  #say(sentence, isError) {
    say(find("[data-model-note]"), sentence, isError);
  }

  #busy(busy) {
    find("[data-picker-box]").toggleAttribute("aria-busy", busy);
    find("[data-hub-load]").disabled = busy;
  }

  #choose(value) {
    this.form.hidden = value !== HUB_CHOICE;
    this.#say("");
    if (value === HUB_CHOICE) this.field.focus();
    else this.load({ model: value });
  }

  #listen() {
    this.select.addEventListener("change", () => this.#choose(this.select.value));
    this.select.addEventListener("focus", () => this.refresh());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.field.value.trim()) this.load({ hub: this.field.value.trim() });
    });
  }
}

// The last part of a path or address.
const shortName = (model) => (model.startsWith("hf://") ? model : model.split(/[\\/]/).findLast(Boolean) ?? model);
