// A text that can be copied: a command, or JSON.

import { make, toast } from "./page.js";

/** Return `element`, and `show`, which sets the text. The title is heard, and seen where there is `open`. */
export function copyable(title) {
  const text = make("pre", { tabindex: "0", role: "region", "aria-label": title });
  const button = make("button", { type: "button", class: "quiet copy", onclick: () => copy(text.textContent) }, "Copy");
  button.setAttribute("aria-label", `Copy: ${title}`);
  const element = make("div", { class: "copyable" }, make("div", { class: "copy-head" }, make("span", { class: "small soft" }, title), button), text);
  return { element, show: (shown) => { text.textContent = shown; } };
}

/** Copy a text, and say whether that was done. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("The browser does not let this page copy: select the text instead", "bad");
  }
}
