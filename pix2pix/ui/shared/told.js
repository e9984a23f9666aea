// A sentence of the server in the visitor's language, answered at once by sentences.js.
const told = (sentence) => {
  const detail = { sentence };
  document.dispatchEvent(new CustomEvent("p2p:sentence", { detail }));
  return detail.sentence;
};
