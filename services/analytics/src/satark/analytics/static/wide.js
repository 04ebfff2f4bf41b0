// What may be wider than the page: it scrolls by itself, by keys too, and is named for who does not see it.

import { make } from "./page.js";

/** Return a region that scrolls sideways where there is no room. */
export function wide(label, ...children) {
  return make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": label }, ...children);
}
