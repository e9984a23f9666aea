// The Learn tab's start: texts, the building that all chapters share, and which chapter is on screen.

import { fillTexts, make, say } from "../shared/base.js";
import { Condition, Frequencies, Losses, Noise, Numbers, Patches, Skips } from "./chapters.js";
import { config, element, open, Port, setPicture, takeFile, text } from "./page.js";

let port, slider, thumbnail, note, chapters;
let ownLabels = null; // the visitor's, a PNG as a data URL

const find = (selector) => element.querySelector(selector);

const studio = {
  ask: (...question) => port.ask(...question),
  input: () => (ownLabels ? { labels: ownLabels } : { building: slider.valueAsNumber }),
  labels: () => thumbnail.src,
};

function showInput() {
  const name = ownLabels ? text("own_labels") : text("building", { seed: slider.value });
  find("[data-building-name]").textContent = name;
  port.ask("building", "building", studio.input, ({ labels, ...answer }) => {
    say(note, answer.error);
    if (answer.error) return;
    thumbnail.src = labels;
    thumbnail.alt = name;
    for (const chapter of ["c2", "c4"]) setPicture(find(`[data-chapter='${chapter}'] [data-pic='x']`), labels);
  });
  for (const chapter of chapters) chapter.changed();
}

function choose(seed) {
  ownLabels = null;
  slider.value = seed;
  showInput();
}

const takeLabels = ({ target }) => takeFile(target, false, note, (url) => {
  port.ask("labels", "labels", () => ({ file: url }), ({ labels, ...answer }) => {
    say(note, answer.error);
    if (answer.error) return;
    ownLabels = labels;
    showInput();
  });
});

function fillPage() {
  fillTexts(element, "learn_");
  for (const node of element.querySelectorAll("[data-where]")) {
    node.textContent = text("paper", { where: text(`${node.dataset.where}_where`) });
  }
  for (const { name, colour } of config.labels) {
    const colours = make("span", "", [], { style: `background: ${colour}`, "aria-hidden": "true" });
    find("[data-legend]").append(make("li", "", [colours, text(`label_${name}`)]));
  }
}

// The contents: buttons, because a link would change the page's address.
function addToContents(chapter, i) {
  const heading = chapter.find("h2");
  const button = make("button", "", heading.textContent, { type: "button" });
  button.addEventListener("click", () => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    chapter.root.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
    heading.focus({ preventScroll: true });
  });
  find("[data-contents]").append(make("li", "", button));
  heading.prepend(make("span", "learn-number", String(i + 1), { "aria-hidden": "true" }));
  heading.tabIndex = -1;
}

function watchScreen() {
  const seen = (entries) => {
    for (const { target, isIntersecting } of entries) {
      const chapter = chapters.find(({ root }) => root === target);
      if (isIntersecting) chapter.appear();
      else chapter.seen = false;
    }
  };
  const watcher = new IntersectionObserver(seen, { rootMargin: "300px" });
  for (const chapter of chapters) watcher.observe(chapter.root);
}

/** Starts the tab: gr.HTML's component, and what tab.py tells the page. */
export function start(component, given) {
  open(component, given);
  fillPage();
  port = new Port((question) => component.trigger("submit", question));
  component.watch("value", () => port.receive(component.props.value ?? {}));
  slider = find("[data-building]");
  thumbnail = find("[data-labels]");
  note = find("[data-note]");
  chapters = [Condition, Losses, Frequencies, Skips, Patches, Noise, Numbers].map((Kind) => new Kind(studio));
  chapters.forEach(addToContents);
  slider.addEventListener("input", () => choose(slider.value));
  find("[data-do='another']").addEventListener("click", () => {
    choose((slider.valueAsNumber + 1) % (Number(slider.max) + 1));
  });
  find("[data-file='labels']").addEventListener("change", takeLabels);
  watchScreen();
  showInput();
}
