// The commands that do the same as a page, to copy.

import { copy } from "./copy.js";
import { make } from "./page.js";

/** Return a list of commands, each [what it does, the command]. */
export function commands(lines) {
  return make("dl", { class: "commands" }, ...lines.map(([title, text]) => make("div", {},
    make("dt", {}, title),
    make("dd", {}, make("code", { dir: "ltr" }, text),
      make("button", { type: "button", class: "plain", "aria-label": `Copy: ${title}`, onclick: () => copy(text) }, "Copy")))));
}
