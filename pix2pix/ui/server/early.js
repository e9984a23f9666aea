// Before anything else on the page: its language and its theme, as the visitor chose them here earlier.
// The language is decided here alone: that choice, or the first of the browser's that we have texts in, or English.
// Gradio and our scripts ask `navigator`, so the decision answers there. LANGUAGES comes from page.py.
(() => {
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off: the browser's own settings hold
    }
  };
  const wanted = [read("p2p:language"), ...navigator.languages];
  const known = (one) => LANGUAGES.includes(one) || LANGUAGES.includes(one?.split("-")[0]);
  const language = wanted.find(known) ?? "en";
  Object.defineProperty(navigator, "language", { get: () => language });
  Object.defineProperty(navigator, "languages", { get: () => [language] });
  document.documentElement.lang = language;
  // The server looks for it there. A Space lies in a frame of another site's page.
  const place = location.protocol === "https:" ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";
  document.cookie = `p2p_language=${language}; ${place}`;
  const theme = read("p2p:theme");
  const address = new URL(location.href);
  if (theme && !address.searchParams.has("__theme")) {
    address.searchParams.set("__theme", theme);
    history.replaceState(null, "", address);
  }
})();
