// The drawing on the canvas as the training's models made a photo of it, the newest last.

import { make, number, showing } from "../shared/base.js";
import { text } from "./base.js";

const MOST = 6;
let name = "";
let photos = [];

export const start = showing((root, answer) => {
  if (!answer.photo) return;
  if (answer.name !== name) photos = [];
  name = answer.name;
  photos.push(answer);
  photos = photos.slice(-MOST);
  root.hidden = false;
  const figure = (one) =>
    make("figure", "", [
      make("img", "", [], { src: one.photo, alt: text("drawing_alt", { n: number(one.step) }) }),
      make("figcaption", "", text("after_step", { n: number(one.step) })),
    ]);
  root.replaceChildren(make("h4", "", text("drawing")), make("div", "train-strip", photos.map(figure)));
});
