// One link as a row of the table, on a phone as a tile: its element, made once, and what is written into it.

import { url, way } from "./api.js";
import { make } from "./page.js";
import { draw, spark } from "./spark.js";
import { span } from "./times.js";
import { plain } from "./words.js";

const WAYS = [["rx", "↓", "download"], ["tx", "↑", "upload"]];
const SERIOUS = new Set(["critical", "major"]);
const WHOLE_FROM = 100;

/** Return an empty row. */
export function makeRow() {
  const row = make("div", { class: "link-row", role: "row", "data-row": true });
  const cell = (name, ...children) => make("div", { class: `cell ${name}`, role: "cell" }, ...children);
  const parts = {
    state: make("span"), why: make("span", { class: "soft small" }),
    name: make("a"), edge: make("bdi"), link: make("bdi"), of: make("span", { class: "of soft small" }), isp: make("bdi"), age: make("span"),
  };
  parts.name.append(parts.edge, make("span", { class: "soft", "aria-hidden": "true" }, " / "), parts.link);
  row.append(cell("how", parts.state, parts.why), cell("name", parts.name, parts.of), cell("isp", parts.isp));
  for (const [direction, arrow, word] of WAYS) {
    const value = make("span", { class: "value" });
    const canvas = parts[`${direction}Line`] = spark();
    parts[direction] = value;
    row.append(cell(`latency ${direction}`, make("span", { class: "arrow", "aria-label": word }, arrow), canvas, value));
  }
  for (const name of ["jitter", "loss"]) {
    const both = WAYS.map(([direction, arrow]) => [make("span", { class: `arrow ${direction}`, "aria-hidden": "true" }, arrow), parts[`${name}_${direction}`] = make("span", { class: "value" })]);
    row.append(cell(`both ${name}`, make("span", { class: "title soft small" }, name), ...both.flat()));
  }
  row.append(cell("age", parts.age));
  row.parts = parts;
  return row;
}

/** Write the link at a place of the fleet into a row. */
export function showRow(row, fleet, at, index) {
  const { parts } = row;
  const { links } = fleet;
  const incident = fleet.incident(at);
  const state = fleet.state(at);
  row.setAttribute("aria-rowindex", index + 2);
  row.dataset.state = state;
  row.dataset.entity = links.entity[at];
  parts.state.className = `state ${state === "degraded" && SERIOUS.has(incident?.severity) ? "critical" : state}`;
  write(parts.state, state.replace("-", " "));
  write(parts.why, reason(fleet, at, state, incident));
  parts.name.href = url(way`console/links/${links.entity[at]}`);
  write(parts.edge, links.edge[at] || links.entity[at]);
  write(parts.link, links.link[at]);
  parts.name.title = [links.edge[at], links.link[at]].filter(Boolean).join(" / ");
  const within = ["enterprise", "site", "orchestrator"].map((column) => fleet.word(column, at)).filter((word, place, all) => word && all.indexOf(word) === place && word !== links.edge[at]);
  if (parts.of.title !== within.join(" · ")) {
    parts.of.title = within.join(" · ");
    parts.of.replaceChildren(...within.flatMap((word, place) => [place ? " · " : "", make("bdi", {}, word)]));
  }
  write(parts.isp, fleet.word("isp", at) || "–");
  parts.isp.title = parts.isp.textContent;
  for (const [direction] of WAYS) {
    write(parts[direction], value(links.values[`latency_ms_${direction}`][at], "ms"));
    draw(parts[`${direction}Line`], links[direction][at], direction);
    parts[`${direction}Line`].title = links.top_ms[at] ? `the last day; the top is ${value(links.top_ms[at], "ms")}` : "nothing measured in the last day";
    write(parts[`jitter_${direction}`], value(links.values[`jitter_ms_${direction}`][at], "ms"));
    write(parts[`loss_${direction}`], value(links.values[`loss_pct_${direction}`][at], "%"));
  }
  write(parts.age, span(Math.floor(fleet.age(at) / 60) * 60).split(" ").slice(0, 2).join(" ").replace(/^0 s$/, "now"));
}

/** Why a link is not well, as far as it is known. */
function reason(fleet, at, state, incident) {
  const told = plain(fleet.word("told", at));
  if (state === "degraded") {
    const more = fleet.incidents(at) > 1 ? ` +${fleet.incidents(at) - 1}` : "";
    return `${incident.severity} · ${incident.metric ? symptom(incident.metric) : "by a rule"}${more}`;
  }
  if (state === "offline" || state === "no-data") return told === "ok" ? "" : told;
  return "";
}

/** Return a metric as short as it fits: latency ↓. */
function symptom(name) {
  const [, arrow] = WAYS.find(([direction]) => name.endsWith(`_${direction}`)) || [];
  return arrow ? `${name.split("_")[0]} ${arrow}` : plain(name);
}

/** Return a number with its unit, all with the same digits, so that they can be compared at a glance. */
function value(number, unit) {
  if (number === null) return "–";
  return `${number >= WHOLE_FROM ? Math.round(number).toLocaleString() : number.toFixed(1)}\u00a0${unit}`;
}

/** Text that is there already is not written again: what does not change costs nothing. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
