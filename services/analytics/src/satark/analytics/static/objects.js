// Objects: the types with counts, and the objects of one type, filtered by the server; thousands come page by page.

import { alarmed } from "./alarms.js";
import { get, way } from "./api.js";
import { every, light } from "./live.js";
import { address, data, make, name, nothing, sorry } from "./page.js";
import { show as showTime, timeElement } from "./times.js";

const PAGE = 200;
const places = Object.fromEntries(["types", "chosen", "filter", "count", "list", "sum", "incomplete"].map((id) => [id, document.getElementById(id)]));
const form = places.filter;

let types = data.types;
let shown = { rows: 0, next: null };
let asking = new AbortController();

/** Return the type that the address names, else the first of those with alarms, else the first. */
function chosen() {
  const asked = address.get("type");
  return types.find((each) => each.type === asked || each.table === asked) || (asked ? { type: asked, objects: 0 } : types.find((each) => each.alarmed) || types[0]);
}

function showTypes() {
  const current = chosen();
  places.types.replaceChildren(...types.map((each) => make("tr", { "data-row": true, "aria-current": each.type === current?.type ? "true" : null },
    make("td", {}, make("a", { href: `?type=${encodeURIComponent(each.type)}` }, name(each.type))),
    make("td", { class: "number" }, each.objects.toLocaleString()),
    make("td", { class: "number" }, alarmed(each.alarmed, each.severity)))));
  const [objects, alarms] = ["objects", "alarmed"].map((key) => types.reduce((sum, each) => sum + each[key], 0));
  places.sum.textContent = `${objects.toLocaleString()} of ${types.length} types, ${alarms.toLocaleString()} with alarms`;
  places.chosen.replaceChildren(name(current?.type || "Objects"));
}

function row(type, object) {
  return make("tr", { "data-row": true },
    make("td", {}, make("a", { href: way`objects/${type}/${object.name}` }, name(object.name))),
    make("td", {}, alarmed(object.alarms, object.severity),
      object.alarms && !object.unacknowledged ? make("span", { class: "soft small" }, " acknowledged") : null),
    make("td", { class: "number" }, String(object.generators)),
    make("td", { class: "number" }, object.heard ? ago(object.heard) : "–"));
}

function ago(text) {
  const element = timeElement(text);
  element.dataset.as = "ago";
  return showTime(element);
}

function tableOf(type, rows) {
  const head = [["Name", ""], ["Alarms", ""], ["Generators", "number"], ["Heard", "number"]];
  return make("table", { class: "list" },
    make("thead", {}, make("tr", {}, ...head.map(([title, kind]) => make("th", { scope: "col", class: kind || null }, title)))),
    make("tbody", {}, ...rows.map((each) => row(type, each))));
}

/** Ask for the first page, or for as many rows as are shown, and show them in the place of what is there. */
async function load({ quiet = false } = {}) {
  const type = chosen();
  asking.abort();
  asking = new AbortController();
  if (!type) {
    places.list.className = "";
    return nothing(places.list, "There are no objects", "They come with the first daemon that connects to a gateway: docs/how-to/connect-contrail-daemons.md.");
  }
  if (!quiet) places.list.classList.add("wait");
  const limit = quiet ? Math.min(1000, Math.max(PAGE, shown.rows)) : PAGE;
  const page = await asked(type, { limit });
  if (!page) return;
  shown = { rows: page.rows.length, next: page.next };
  places.list.className = "wide";
  places.count.textContent = page.found === page.objects ? `${page.objects.toLocaleString()} objects`
    : `${page.found.toLocaleString()} of ${page.objects.toLocaleString()} objects`;
  if (!page.rows.length) {
    const [title, advice] = page.objects ? ["None of them", "Another text may find some; Escape and an empty filter show all."]
      : ["There are none now", "Nobody says anything of an object of this type."];
    return nothing(places.list, title, advice);
  }
  const focused = document.activeElement?.closest("#list a")?.getAttribute("href");
  places.list.replaceChildren(tableOf(type.type, page.rows), more(type));
  if (focused) places.list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

function more(type) {
  const button = make("button", { class: "quiet", type: "button", onclick: () => further(type, button) }, "More");
  const place = make("p", { class: "more", hidden: !shown.next }, button);
  new IntersectionObserver(([seen]) => { if (seen.isIntersecting) further(type, button); }, { rootMargin: "600px" }).observe(place);
  return place;
}

async function further(type, button) {
  if (!shown.next || button.disabled) return;
  button.disabled = true;
  const page = await asked(type, { limit: PAGE, cursor: shown.next });
  button.disabled = false;
  if (!page) return;
  shown = { rows: shown.rows + page.rows.length, next: page.next };
  places.list.querySelector("tbody").append(...page.rows.map((each) => row(type.type, each)));
  button.parentElement.hidden = !page.next;
}

async function asked(type, parameters) {
  const { signal } = asking;
  try {
    return await get(way`v1/objects/${type.type}`, { text: form.text.value, alarmed: form.alarmed.checked ? "true" : "", ...parameters }, { signal });
  } catch (problem) {
    if (problem.name !== "AbortError") { places.list.className = ""; sorry(places.list, problem); }
    return null;
  }
}

async function refresh() {
  try {
    const told = await get("v1/objects");
    types = told.types;
    places.incomplete.textContent = told.incomplete;
    places.incomplete.hidden = !told.incomplete;
    light("on");
    showTypes();
    if (shown.rows <= 1000) await load({ quiet: true });
  } catch {
    light("lost");
  }
}

let typing = 0;
form.text.value = address.get("text");
form.alarmed.checked = address.get("alarmed") === "true";
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    address.keep({ text: form.text.value, alarmed: form.alarmed.checked ? "true" : "" });
    load();
  }, 180);
});
showTypes();
load();
setTimeout(() => every(10, refresh), 10_000);
light("on");
