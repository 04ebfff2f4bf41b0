// What a query answered, as a table: lines of logs have a shape of their own, all else a column for each.

import { make, name } from "./page.js";
import { timeElement } from "./times.js";
import { valueElement } from "./values.js";

const TIMES = new Set(["MessageTS", "T", "T=", "setup_time", "teardown_time"]);
const BODIES = ["Xmlmessage", "ObjectLog", "SystemLog"];
const SEVERITIES = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];
const MOST_COLUMNS = 40;

/** Return an empty table for rows like this one. `fill` adds rows, at the top if so asked; `count` says how many there are. */
export function resultTable(first, select = []) {
  const lines = "MessageTS" in first && BODIES.some((each) => each in first);
  const columns = lines ? [] : [...new Set([...select.filter((each) => each in first), ...Object.keys(first)])].slice(0, MOST_COLUMNS);
  const titles = lines ? ["Time", "Severity", "From", "What", "Text"] : columns;
  const body = make("tbody");
  const element = make("table", { class: lines ? "log lines" : "log" },
    make("thead", {}, make("tr", {}, ...titles.map((each) => make("th", { scope: "col" }, name(each))))), body);
  const rowOf = lines ? lineElement : (row) => make("tr", {}, ...columns.map((each) => cell(each, row[each])));
  return {
    element,
    get count() { return body.childElementCount; },
    fill(rows, { onTop = false, most = 20_000 } = {}) {
      const made = rows.map(rowOf);
      if (onTop) {
        for (const row of made) row.classList.add("fresh");
        body.prepend(...made);
        while (body.childElementCount > most) body.lastElementChild.remove();
      } else {
        body.append(...made);
      }
    },
  };
}

function cell(column, value) {
  if (TIMES.has(column) && typeof value === "number") return make("td", { class: "time" }, moment(value));
  if (typeof value === "number") return make("td", { class: "number" }, valueElement(value));
  return make("td", {}, valueElement(value));
}

function moment(time_us) {
  return timeElement(new Date(time_us / 1000).toISOString(), { seconds: true });
}

function lineElement(row) {
  const who = [row.Source, row.ModuleId].filter(Boolean).join(" ");
  return make("tr", { "data-row": true },
    make("td", { class: "time" }, moment(row.MessageTS)), make("td", {}, severity(row.Level)),
    make("td", { class: "what", title: [row.NodeType, row.InstanceId, row.Category].filter(Boolean).join(" ") || null }, name(who)),
    make("td", { class: "what" }, name(row.Messagetype)),
    make("td", { class: "text" }, text(BODIES.map((each) => row[each]).find(Boolean) || "")));
}

/** A severity is a word with a colour and a shape; those of little weight are quiet. */
function severity(level) {
  const word = SEVERITIES[level];
  if (word === undefined) return make("span", { class: "soft" }, level === -100 ? "uve" : "–");
  const state = level <= 3 ? "critical" : level === 4 ? "warning" : null;
  return make("span", { class: state ? `state ${state}` : "soft" }, word);
}

/** Return the text of a message: its fields by name, if it is XML; it is never more than text. */
function text(body) {
  if (!body.startsWith("<")) return name(body);
  const parsed = new DOMParser().parseFromString(body, "text/xml");
  if (parsed.querySelector("parsererror")) return name(body.slice(0, 4000));
  const fields = leaves(parsed.documentElement).slice(0, 60);
  if (!fields.length) return name(parsed.documentElement.textContent.slice(0, 4000));
  const shown = make("span", { class: "pairs" }, ...fields.flatMap(([key, value], at) => [at ? " " : "", make("b", {}, `${key}=`), name(value.slice(0, 1000))]));
  if (fields.length <= 12) return shown;
  const few = make("span", { class: "pairs" }, ...fields.slice(0, 8).flatMap(([key, value], at) => [at ? " " : "", make("b", {}, `${key}=`), name(value.slice(0, 200))]));
  return make("div", {}, few, make("details", {}, make("summary", { class: "small" }, "all of it"), shown));
}

function leaves(element) {
  const found = [];
  const walk = (each) => {
    if (each.children.length) { for (const child of each.children) walk(child); return; }
    if (each !== element) found.push([each.localName, each.textContent]);
  };
  walk(element);
  return found;
}
