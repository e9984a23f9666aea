// Which model draws the photo: one of the list, or one from the Hub. It is loaded beside the drawing, which
// stays as it is; until it is there, and if it does not come, the model before goes on.

import { say, text } from "../shared/base.js";
import { ask } from "./ask.js";
import { config, find } from "./page.js";

const HUB_CHOICE = "hub";

export class Picker {
  // refresh() asks for the list anew; opened(format) is called when a model is there.
  constructor({ refresh, opened }) {
    Object.assign(this, { refresh, opened });
    this.model = config.model;
    this.select = find("[data-model]");
    this.form = find("[data-hub-form]");
    this.field = find("[data-hub]");
    this.newest = null; // the model that was asked for last
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
  async load(request, quietly = false) {
    this.newest = request;
    this.#busy(true);
    const name = request.hub ?? shortName(request.model);
    if (!quietly) this.#say(text("model_loading", { name }));
    const answer = await ask("open", request);
    if (request !== this.newest) return null; // another one was chosen meanwhile
    this.#busy(false);
    if (answer.error) {
      this.#say(answer.error, true);
      this.select.value = this.form.hidden ? this.model : HUB_CHOICE;
      return null;
    }
    this.#say("");
    this.model = answer.model;
    if (this.model.startsWith("hf://")) this.form.hidden = true;
    this.fill();
    this.opened(answer.format);
    return answer;
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
