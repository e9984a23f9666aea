// The Learn tab's start: texts, the building that all chapters share, and which chapter is on screen.

for (const node of element.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
for (const node of element.querySelectorAll("[data-label]")) node.setAttribute("aria-label", text(node.dataset.label));
for (const node of element.querySelectorAll("[data-title]")) node.title = text(node.dataset.title);
for (const node of element.querySelectorAll("[data-where]")) {
  node.textContent = text("paper", { where: text(`${node.dataset.where}_where`) });
}
for (const { name, colour } of CONFIG.labels) {
  const item = make("li", text(`label_${name}`));
  item.prepend(make("span", "", { style: `background: ${colour}`, "aria-hidden": "true" }));
  element.querySelector("[data-legend]").append(item);
}

const port = new Port((question) => trigger("submit", question));
document.addEventListener("p2p:learn", (event) => port.receive(event.detail));

const slider = element.querySelector("[data-building]");
const thumbnail = element.querySelector("[data-labels]");
const note = element.querySelector("[data-note]");
let ownLabels = null; // the visitor's, a PNG as a data URL

const studio = {
  port,
  input: () => (ownLabels ? { labels: ownLabels } : { building: slider.valueAsNumber }),
  labels: () => thumbnail.src,
};
const chapters = [Condition, Losses, Frequencies, Skips, Patches, Noise, Numbers].map((Kind) => new Kind(studio));

function showInput() {
  const name = ownLabels ? text("own_labels") : text("building", { seed: slider.value });
  element.querySelector("[data-building-name]").textContent = name;
  port.ask("building", "building", studio.input, ({ labels, ...answer }) => {
    say(note, reason(answer));
    if (answer.error) return;
    thumbnail.src = labels;
    thumbnail.alt = name;
    for (const picture of element.querySelectorAll("[data-chapter='c2'] [data-pic='x'], [data-chapter='c4'] [data-pic='x']")) {
      setPicture(picture, labels);
    }
  });
  for (const chapter of chapters) chapter.changed();
}

function choose(seed) {
  ownLabels = null;
  slider.value = seed;
  showInput();
}

slider.addEventListener("input", () => choose(slider.value));
element.querySelector("[data-do='another']").addEventListener("click", () => {
  choose((slider.valueAsNumber + 1) % (Number(slider.max) + 1));
});
element.querySelector("[data-file='labels']").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  target.value = ""; // so that the same file can be chosen again
  if (!file) return;
  const url = await readFile(file, false);
  if (url === null) {
    say(note, text("large", { limit: Math.floor(CONFIG.uploadBytes / 1e6) }));
    return;
  }
  port.ask("labels", "labels", () => ({ file: url }), ({ labels, ...answer }) => {
    say(note, reason(answer));
    if (answer.error) return;
    ownLabels = labels;
    showInput();
  });
});

// The contents: buttons, because a link would change the page's address.
chapters.forEach((chapter, i) => {
  const heading = chapter.find("h2");
  const item = make("li");
  const button = make("button", heading.textContent, { type: "button" });
  button.addEventListener("click", () => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    chapter.root.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
    heading.focus({ preventScroll: true });
  });
  item.append(button);
  element.querySelector("[data-contents]").append(item);
  heading.prepend(make("span", String(i + 1), { class: "learn-number", "aria-hidden": "true" }));
  heading.tabIndex = -1;
});

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const chapter = chapters.find(({ root }) => root === target);
      if (isIntersecting) chapter.appear();
      else chapter.seen = false;
    }
  },
  { rootMargin: "300px" },
);
for (const chapter of chapters) watcher.observe(chapter.root);
showInput();
