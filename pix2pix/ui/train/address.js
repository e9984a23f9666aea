// Where on the Hub the model is now.

import { make, showing } from "../shared/base.js";
import { text } from "./base.js";

export const start = showing((root, address) => {
  const there = /^https?:\/\//.test(address);
  const link = () => make("a", "", address, { href: address, target: "_blank", rel: "noopener" });
  root.replaceChildren(...(there ? [text("hub_done"), " ", link()] : []));
});
