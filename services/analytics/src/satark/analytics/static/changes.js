// What was said of an object, the newest first, and what was other than in the message before of the same kind.

import { post } from "./api.js";
import { make, name, nothing, sorry } from "./page.js";
import { timeElement } from "./times.js";
import { wide } from "./wide.js";

const MOST = 200;
const SHOWN_CHANGES = 8;

/** Show the log of an object in a place. */
export async function changesOf(place, object, brief) {
  const query = {
    table: object.table, start_time: "now-7d", end_time: "now", limit: MOST, sort: 2, sort_fields: ["MessageTS"],
    select_fields: ["MessageTS", "Source", "ModuleId", "Messagetype", "ObjectLog", "SystemLog"],
    where: [[{ name: "ObjectId", value: object.name, op: 1 }]],
  };
  try {
    const { value: rows } = await post("analytics/query", query);
    place.className = "";
    if (!rows.length) return void nothing(place, "Nothing was said of it in the last seven days", "Or the store has not kept it: Pipeline says since when there is data.");
    const table = tableOf(rows, brief);
    const same = table.querySelectorAll("tr.same").length;
    table.classList.add("changes");
    const button = make("button", { type: "button", class: "plain small", hidden: !same, onclick: () => { table.classList.add("all"); button.hidden = true; } }, `Show ${same} that changed nothing`);
    place.replaceChildren(make("p", { class: "soft small" }, rows.length < MOST ? `${rows.length} messages in the last seven days` : `the last ${MOST} messages`, " ", button),
      wide("Messages", table));
  } catch (problem) {
    place.className = "";
    if (problem.status === 410) nothing(place, "Nothing was ever said of such an object", "The store has no log of this type of objects yet.");
    else sorry(place, problem);
  }
}

function tableOf(rows, brief) {
  const last = new Map();
  const told = [...rows].reverse().map((row) => {
    const key = [row.Source, row.ModuleId, row.Messagetype].join("\n");
    const body = row.ObjectLog || row.SystemLog || "";
    const now = attributes(body);
    const shown = rowElement(row, differences(last.get(key), now), body, brief);
    last.set(key, new Map([...(last.get(key) || []), ...now]));
    return shown;
  });
  const head = ["Time", "Said by", "Message", "Other than before"].map((title) => make("th", { scope: "col" }, title));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...told.reverse()));
}

function rowElement(row, changes, body, brief) {
  const time = timeElement(new Date(row.MessageTS / 1000).toISOString(), { seconds: true });
  const lines = changes === null ? [make("li", { class: "soft" }, "the first of its kind here")]
    : changes.slice(0, SHOWN_CHANGES).map(([attribute, ...values]) => {
      const [was, is] = apart(...values);
      return make("li", {}, make("code", {}, name(attribute)), " ", name(brief(was, 90)), " → ", name(brief(is, 90)));
    });
  if (changes && !changes.length) lines.push(make("li", { class: "soft" }, "the same as before"));
  if (changes && changes.length > SHOWN_CHANGES) lines.push(make("li", { class: "soft" }, `${changes.length - SHOWN_CHANGES} more`));
  const whole = make("details", {}, make("summary", { class: "small" }, "Whole message"), make("pre", {}, body.slice(0, 50_000)));
  return make("tr", { class: changes && !changes.length ? "same" : null }, make("td", { class: "when" }, time), make("td", {}, name(`${row.Source} ${row.ModuleId}`)),
    make("td", {}, name(row.Messagetype)), make("td", {}, make("ul", { class: "change" }, ...lines), body ? whole : null));
}

/** Return what a message says of each attribute. It is XML from outside: nothing of it is ever shown but as text. */
export function attributes(body) {
  const found = new Map();
  if (!body) return found;
  const parsed = new DOMParser().parseFromString(body, "text/xml");
  if (parsed.querySelector("parsererror")) return found;
  for (const struct of parsed.querySelectorAll(":root > data > *, :root > * > *")) {
    if (struct.parentElement.localName !== "data" && struct.parentElement.parentElement !== parsed.documentElement) continue;
    for (const each of struct.children) found.set(each.localName, said(each));
  }
  return found;
}

/** Return what an element says, a line for each value in it: with its name, but for the elements of lists. */
function said(element, named = false) {
  if (element.children.length) return [...element.children].map((each) => said(each, true)).join("\n");
  return named && element.localName !== "element" ? `${element.localName}=${element.textContent}` : element.textContent;
}

/** Return of two values that are of many lines those lines that differ, else the values as they are. */
export function apart(was, is) {
  const [old, now] = [(was ?? "–").split("\n"), is.split("\n")];
  if (old.length !== now.length) return [old.join(" "), now.join(" ")];
  const differs = (line, at) => old[at] !== now[at];
  return [old.filter(differs).join(" "), now.filter(differs).join(" ")];
}

function differences(before, now) {
  if (!before) return null;
  return [...now].filter(([key, value]) => before.get(key) !== value).map(([key, value]) => [key, before.get(key), value]);
}
