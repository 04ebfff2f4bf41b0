// Values from outside as elements: texts, numbers, structs, lists and maps, of which so much is shown and no more.

import { make, name } from "./page.js";
import { wide } from "./wide.js";

const MOST = 40;
const DEEP = 6;

/** Return an element that shows any JSON value. Texts are set as text; what is long has the rest behind a button. */
export function valueElement(value, depth = 0) {
  if (value === null || value === undefined) return make("span", { class: "soft" }, "–");
  if (typeof value === "boolean") return make("span", {}, value ? "true" : "false");
  if (typeof value === "number") return make("span", { class: "figure" }, Number.isInteger(value) ? value.toLocaleString() : String(value));
  if (typeof value === "string") return text(value);
  const entries = Array.isArray(value) ? value.map((each, at) => [String(at + 1), each]) : Object.entries(value);
  if (!entries.length) return make("span", { class: "soft" }, "empty");
  if (depth >= DEEP) return text(JSON.stringify(value));
  if (Array.isArray(value) && value.every(isFlat)) return tableOf(value, depth);
  if (Array.isArray(value) && value.every((each) => typeof each !== "object" || each === null)) return list(value, depth);
  return bounded(entries, (some) => make("dl", { class: "nest" },
    ...some.flatMap(([key, each]) => [make("dt", {}, name(key)), make("dd", {}, valueElement(each, depth + 1))])));
}

/** Return a value on one line, for where there is little room. */
export function brief(value, most = 120) {
  const line = typeof value === "string" ? value : JSON.stringify(value) ?? "–";
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

function text(value) {
  if (value.length <= 600) return name(value);
  const rest = make("details", {}, make("summary", {}, `${value.length.toLocaleString()} characters`), name(value.slice(0, 100_000)));
  return make("div", {}, name(`${value.slice(0, 200)}…`), rest);
}

function isFlat(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    && Object.values(value).every((each) => typeof each !== "object" || each === null);
}

function tableOf(rows, depth) {
  const columns = [...new Set(rows.slice(0, 1000).flatMap(Object.keys))].slice(0, 24);
  return bounded(rows, (some) => wide("Values", make("table", { class: "nested" },
    make("thead", {}, make("tr", {}, ...columns.map((each) => make("th", { scope: "col" }, name(each))))),
    make("tbody", {}, ...some.map((row) => make("tr", {}, ...columns.map((each) => make("td", {}, valueElement(row[each], depth + 1)))))))));
}

function list(values, depth) {
  return bounded(values, (some) => make("span", {},
    ...some.flatMap((each, at) => [at ? ", " : "", valueElement(each, depth + 1)])));
}

/** Show the first of many, and the others when they are asked for. */
function bounded(entries, show) {
  if (entries.length <= MOST) return show(entries);
  const place = make("div", {}, show(entries.slice(0, MOST)));
  const all = () => place.replaceChildren(show(entries.slice(0, 5000)));
  place.append(make("button", { class: "plain small", type: "button", onclick: all }, `${(entries.length - MOST).toLocaleString()} more`));
  return place;
}
