// Before anything else on the page: the language and the theme that the visitor chose here earlier.
// Gradio and the tabs ask `navigator` for the language, so the choice answers there.
(() => {
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off: the browser's own settings hold
    }
  };
  const language = read("p2p:language");
  if (language) {
    Object.defineProperty(navigator, "language", { get: () => language });
    Object.defineProperty(navigator, "languages", { get: () => [language] });
  }
  document.documentElement.lang = navigator.language;
  const theme = read("p2p:theme");
  const address = new URL(location.href);
  if (theme && !address.searchParams.has("__theme")) {
    address.searchParams.set("__theme", theme);
    history.replaceState(null, "", address);
  }
})();
