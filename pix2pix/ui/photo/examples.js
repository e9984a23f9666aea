// Photos to begin with: a click translates one.

import { fillTexts, make, text } from "../shared/base.js";

/** Starts the strip; the server is told which photo was clicked, by its place. */
export function start({ element, trigger }, { examples }) {
  fillTexts(element);
  const tiles = element.querySelector("[data-tiles]");
  examples.forEach(({ name, picture }, number) => {
    const inside = [make("img", "", [], { src: picture, alt: "" }), make("span", "", text(name))];
    const tile = make("button", "p2p-example", inside, { type: "button" });
    tile.addEventListener("click", () => trigger("input", { number }));
    tiles.append(tile);
  });
}
