// What every page does: its data, colours, keys, times. A page's own module imports it first.

import { showAll } from "./times.js";

/** What came with the page. */
export const data = JSON.parse(document.getElementById("data").textContent);

/** Return an element; text is set as text, and `null` children are left out. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Return a name from outside: it may be written from right to left without turning what is around it. */
export function name(text) {
  return make("bdi", {}, text || "–");
}

/** Say what went wrong, and what can be done, in the place of what should be there. */
export function sorry(place, problem) {
  place.replaceChildren(make("div", { class: "notice bad", role: "alert" },
    make("strong", {}, problem.message), make("p", {}, problem.advice || "")));
}

/** Say that there is nothing, and what to do. */
export function nothing(place, title, advice) {
  place.replaceChildren(make("div", { class: "notice" }, make("strong", {}, title), make("p", {}, advice)));
}

/** Say something in a corner for a moment; readers of the screen hear it. */
export function toast(text, kind = "good") {
  let place = document.getElementById("toasts");
  if (!place) document.body.append(place = make("div", { id: "toasts", role: "status", "aria-live": "polite" }));
  const shown = make("p", { class: `toast ${kind}` }, text);
  place.append(shown);
  setTimeout(() => shown.remove(), 6000);
}

/** Return the parameters of the page's address; `keep` writes some of them there, so that the address leads back here. */
export const address = {
  get: (key, otherwise = "") => new URLSearchParams(location.search).get(key) ?? otherwise,
  keep(values, { step = false } = {}) {
    const found = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(values)) value ? found.set(key, value) : found.delete(key);
    const text = found.size ? `?${found}` : location.pathname;
    history[step ? "pushState" : "replaceState"](null, "", text);
  },
};

const THEMES = ["system", "light", "dark"];
const SIGNS = { system: "◐", light: "○", dark: "●" };

function themed(chosen) {
  const button = document.getElementById("theme");
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  try { localStorage.setItem("satark.theme", chosen); } catch { /* no storage: for this page only */ }
  button.textContent = SIGNS[chosen];
  button.setAttribute("aria-label", `Colours: ${chosen === "system" ? "as the system" : chosen}`);
  document.dispatchEvent(new CustomEvent("themed"));
}

const current = () => document.documentElement.dataset.theme || "system";
const turn = () => themed(THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length]);

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  (next?.matches("a,button") ? next : next?.querySelector("a,button"))?.focus();
}

let going = false;

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const typing = event.target.matches("input,textarea,select,[contenteditable]");
  if (event.key === "Escape" && typing) return void event.target.blur();
  if (typing) return;
  if (going) {
    going = false;
    const link = document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  const deeds = {
    g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
    "?": () => document.getElementById("keys").showModal(),
    "/": () => { document.querySelector("[data-filter]")?.focus(); event.preventDefault(); },
    j: () => step(1), k: () => step(-1), t: turn,
  };
  deeds[event.key]?.();
}

document.addEventListener("keydown", pressed);
document.getElementById("theme").addEventListener("click", turn);
document.getElementById("help").addEventListener("click", () => document.getElementById("keys").showModal());
document.getElementById("theme").textContent = SIGNS[current()];
showAll();
