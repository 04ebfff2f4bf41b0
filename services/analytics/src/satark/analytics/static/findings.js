// Findings of a check as rows and as things to do: a word, a shape and a colour for each state.

import { copyable } from "./copy.js";
import { make, name } from "./page.js";
import { quoted } from "./shell.js";
import { wide } from "./wide.js";

const WORDS = { ok: "ok", warn: "look", unknown: "not known", bad: "bad" };
const RANK = { ok: 0, unknown: 1, warn: 2, bad: 3 };

/** Return a state as a word with its mark. */
export function stateElement(state) {
  return make("span", { class: `state ${state}` }, WORDS[state] || state);
}

/** Return the gravest state of findings. */
export function worst(findings) {
  return findings.reduce((most, each) => (RANK[each.state] > RANK[most] ? each.state : most), "ok");
}

/** Return a table of findings, what is not well first; of many that are well only the number, behind a button. */
export function findingsTable(findings, { fold = 6 } = {}) {
  const sorted = [...findings].sort((one, other) => RANK[other.state] - RANK[one.state]);
  const well = sorted.filter((each) => each.state === "ok");
  const shown = well.length > fold ? sorted.filter((each) => each.state !== "ok") : sorted;
  const table = tableOf(shown);
  if (shown.length === sorted.length) return table;
  return make("div", {}, shown.length ? table : null,
    make("details", {}, make("summary", { class: "small" }, `${well.length} are ok`), tableOf(well)));
}

function tableOf(findings) {
  return wide("Findings", make("table", { class: "finding" }, make("colgroup", {}, make("col"), make("col"), make("col")),
    make("thead", { class: "unseen" }, make("tr", {}, ...["State", "What", "How it is"].map((each) => make("th", { scope: "col" }, each)))),
    make("tbody", {}, ...findings.map((each) => make("tr", {}, make("td", {}, stateElement(each.state)), make("td", {}, name(each.what)), make("td", {}, name(each.detail)))))));
}

/** Return a list of what is to be done, the gravest first. A command can be copied; a page of the documentation is named. */
export function todoList(findings) {
  const wrong = findings.filter((each) => each.state !== "ok").sort((one, other) => RANK[other.state] - RANK[one.state]);
  const byAdvice = Map.groupBy ? Map.groupBy(wrong, advice) : grouped(wrong, advice);
  return make("ul", { class: "todo" }, ...[...byAdvice].map(([todo, those]) => make("li", {},
    ...those.slice(0, 8).map((each) => make("p", {}, stateElement(each.state), " ", make("strong", {}, name(each.what)), ": ", name(each.detail))),
    those.length > 8 ? make("p", { class: "soft" }, `and ${those.length - 8} more of the same`) : null,
    ...commandsOf(todo, those).map(([title, text]) => shown(title, text)), /^docs\//.test(todo) ? make("p", { class: "small soft" }, "How: ", make("code", {}, todo)) : null)));
}

const advice = (finding) => `${finding.part}\n${finding.todo || ""}`.split("\n")[1];

function commandsOf(todo, [first]) {
  if (!todo.startsWith("satark ")) return [];
  if (first.part !== "dead letters") return [["What to do", todo]];
  return [["To see them", todo], ["To send them back, once the cause is gone", `satark dlq replay --topic ${quoted(first.what)} --all --dry-run`]];
}

function shown(title, text) {
  const copy = copyable(title);
  copy.show(text);
  return copy.element;
}

function grouped(values, key) {
  const found = new Map();
  for (const each of values) found.set(key(each), [...(found.get(key(each)) || []), each]);
  return found;
}
