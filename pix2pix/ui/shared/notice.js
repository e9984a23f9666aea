// Sentences from the server in the visitor's language. `props.value` is {lines, next}: each line is {key, ...values},
// and TEXTS has the sentences by language; a `reason` is a sentence of its own. Only textContent is set. Where `next` is a number, the work goes on when
// this page asks for it, so that it ends with the page.
const texts = TEXTS[navigator.language] ?? TEXTS[navigator.language.split("-")[0]] ?? TEXTS.en;
const list = element.querySelector("[data-notice]");
let asked = null;

const sentence = ({ key, ...values }) =>
  (texts[key] ?? TEXTS.en[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) =>
    name === "reason" ? told(values.reason) : values[name] ?? whole);

const show = () => {
  const { lines = [], next = null } = props.value ?? {};
  list.replaceChildren(...lines.map((line) => {
    const node = document.createElement("p");
    node.textContent = sentence(line);
    if (line.warn) node.dataset.warn = "";
    return node;
  }));
  if (next === null || next === asked) return;
  asked = next;
  trigger("input");
};
watch("value", show);
show();
