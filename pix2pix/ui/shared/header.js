// The strip above the tabs: the product's name, the language and the theme.

const texts = TEXTS[navigator.language] ?? TEXTS[navigator.language.split("-")[0]] ?? TEXTS.en;
for (const node of element.querySelectorAll("[data-text]")) node.textContent = texts[node.dataset.text];
for (const node of element.querySelectorAll("[data-label]")) {
  node.setAttribute("aria-label", texts[node.dataset.label]);
  node.title = texts[node.dataset.label];
}

const keep = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // storage is switched off: the choice holds for this page only
  }
};

for (const button of element.querySelectorAll("[data-language]")) {
  const chosen = texts === TEXTS[button.dataset.language];
  button.setAttribute("aria-pressed", String(chosen));
  button.addEventListener("click", () => {
    if (chosen) return;
    keep("p2p:language", button.dataset.language);
    location.reload(); // the drawing is kept, see keep.js
  });
}
element.querySelector("[data-theme]").addEventListener("click", () => {
  const dark = document.body.classList.toggle("dark");
  keep("p2p:theme", dark ? "dark" : "light");
  const address = new URL(location.href);
  address.searchParams.set("__theme", dark ? "dark" : "light");
  history.replaceState(null, "", address);
});

// Gradio gives its empty boxes a name but no role that may have one.
let looking = 0;
new MutationObserver(() => {
  looking ||= requestAnimationFrame(() => {
    looking = 0;
    for (const box of document.querySelectorAll(".empty[aria-label]:not([role])")) box.role = "img";
  });
}).observe(document.body, { childList: true, subtree: true });
