// The page of logs and queries: what the form asks for, the command and the JSON that ask the same, and the answer.

import { get, post } from "./api.js";
import { copyable } from "./copy.js";
import { argumentsOf, fieldsOf } from "./form.js";
import { address, make, name, nothing, sorry } from "./page.js";
import { ask } from "./query.js";
import { resultTable } from "./result.js";
import { line, quoted } from "./shell.js";
import { follow } from "./tail.js";

const form = document.getElementById("form");
const places = Object.fromEntries(["command", "query", "wrong", "told", "state", "progress", "rows", "tail", "stop", "columns", "advanced"].map((id) => [id, document.getElementById(id)]));
const command = copyable("The same in a terminal");
const json = copyable("POST /analytics/query");
places.command.append(command.element);
places.query.append(json.element);

const values = () => Object.fromEntries([...form.elements].filter((each) => each.name && (each.type !== "radio" || each.checked))
  .map((each) => [each.name, each.type === "checkbox" ? each.checked : each.value]));
const kept = (kind) => ["kind", "last", "start", "end", "limit", "descending", ...(kind === "json" ? ["json"] : fieldsOf(kind))];

let query = null;
let asked = null;
let following = null;
let table = null;

/** Read the form from the address: a link to this page asks again what was asked. */
function restore() {
  const kind = form.querySelector(`[name=kind][value="${CSS.escape(address.get("kind", "logs"))}"]`);
  if (kind) kind.checked = true;
  for (const each of kept(values().kind)) {
    const given = new URLSearchParams(location.search).get(each);
    const field = form.elements[each];
    if (given === null || !field || each === "kind") continue;
    if (field.type === "checkbox") field.checked = given === "true";
    else field.value = given;
  }
  const rare = ["message_type", "node_type", "instance", "category", "trace", "object_module", "object_message_type", "where", "filter", "sort"];
  places.advanced.open = rare.some((each) => fieldsOf(values().kind).includes(each) && form.elements[each].value);
}

function keep({ step = false } = {}) {
  const now = values();
  const wanted = new Set(kept(now.kind));
  const usual = { kind: "logs", last: "10m", limit: "500" };
  address.keep(Object.fromEntries([...form.elements].filter((each) => each.name).map(({ name: key }) => {
    const value = now[key];
    return [key, wanted.has(key) && value && value !== usual[key] && !(key === "session_table" && value === "SessionSeriesTable") ? String(value) : ""];
  })), { step });
}

/** Show the fields of the kind of question that is chosen. */
function arrange() {
  const { kind, last } = values();
  for (const each of form.querySelectorAll("[data-kinds]")) each.hidden = !each.dataset.kinds.split(" ").includes(kind);
  for (const each of form.querySelectorAll(".own")) each.hidden = kind === "json" || last !== "";
  if (kind === "json" && !form.json.value && query) form.json.value = JSON.stringify(query, null, 2);
}

/** Ask the server which query the form means; show it, and the command that means the same. Returns null if there is none. */
async function compose() {
  const now = values();
  places.wrong.hidden = true;
  if (now.kind === "json") return composedJson(now.json);
  const words = argumentsOf(now);
  command.show(`satark ${line(words)}`);
  try {
    query = (await post("v1/queries/composed", { arguments: words })).query;
    json.show(JSON.stringify(query, null, 2));
  } catch (problem) {
    query = null;
    json.show("");
    wrong(problem.message);
  }
  return query;
}

function composedJson(text) {
  const server = new URL("../", import.meta.url);
  try {
    query = JSON.parse(text);
    json.show(JSON.stringify(query, null, 2));
    command.show(`curl -s -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(query))} ${new URL("analytics/query", server)}`);
  } catch (error) {
    query = null;
    wrong(text.trim() ? `This is no JSON: ${error.message}` : "Write a query, or choose another kind first: its query comes along.");
  }
  return query;
}

function wrong(text) {
  places.wrong.textContent = text;
  places.wrong.hidden = false;
}

async function submit() {
  end();
  keep({ step: true });
  const found = await compose();
  if (!found) return void heading("The question is not complete", "");
  asked?.abort();
  asked = new AbortController();
  busy(true);
  const began = performance.now();
  try {
    const rows = await ask(found, { signal: asked.signal, progress: (percent) => { places.progress.hidden = false; places.progress.value = percent; } });
    show(rows, found, performance.now() - began);
  } catch (problem) {
    if (problem.name === "AbortError") heading("Stopped", "");
    else { heading("There is no answer", ""); sorry(places.rows, problem); }
  }
  busy(false);
}

function show(rows, found, took_ms) {
  const limited = found.limit && rows.length >= found.limit ? `, no more than were wanted` : "";
  heading(`${rows.length.toLocaleString()} ${rows.length === 1 ? "row" : "rows"}`, `in ${(took_ms / 1000).toFixed(1)} s${limited}`);
  if (!rows.length) return void nothing(places.rows, "Nothing fits", "A longer time, fewer conditions or a lower severity may find something. Pipeline says since when there is data.");
  table = resultTable(rows[0], found.select_fields);
  places.rows.replaceChildren(make("div", { class: "scroll wide", tabindex: "0", role: "region", "aria-label": "Rows" }, table.element));
  table.fill(rows.slice(0, 20_000));
}

function heading(text, more) {
  places.told.textContent = text;
  places.state.textContent = more;
}

function busy(is) {
  places.stop.hidden = !is;
  places.progress.hidden = true;
  form.querySelector("[type=submit]").disabled = is;
  if (is) heading("Asked …", "");
}

/** Follow the log from now on; what comes while the reader has scrolled down waits for them. */
function begin() {
  asked?.abort();
  keep({ step: true });
  table = null;
  const words = argumentsOf(values(), { following: true });
  command.show(`satark ${line(words)}`);
  const waiting = [];
  const place = make("div", { class: "scroll wide", tabindex: "0", role: "region", "aria-label": "What is said, the newest first" });
  places.rows.replaceChildren(place);
  nothing(place, "Nothing was said since", "What comes is shown here, the newest first.");
  const flush = () => {
    if (!waiting.length || place.scrollTop > 4) return;
    if (!table) { table = resultTable(waiting[0]); place.replaceChildren(table.element); }
    table.fill(waiting.splice(0).reverse().slice(0, 2000), { onTop: true, most: 2000 });
  };
  const tell = () => heading(`Following${table ? `: ${table.count.toLocaleString()} rows` : ""}`, waiting.length ? `${waiting.length} wait; scroll up to see them` : "");
  place.addEventListener("scroll", () => { flush(); tell(); }, { passive: true });
  following = follow(words, {
    rows: (fresh) => { waiting.push(...fresh.reverse()); flush(); tell(); },
    failed: (problem) => { if (problem.status >= 400 && problem.status < 500) end(); wrong(problem.message); },
  });
  places.tail.setAttribute("aria-pressed", "true");
  places.tail.textContent = "Stop following";
  tell();
}

function end() {
  if (!following) return;
  following();
  following = null;
  places.tail.setAttribute("aria-pressed", "false");
  places.tail.textContent = "Follow";
  compose();
}

/** Offer the names that there are; that they cannot be had is no reason to say anything. */
async function offer() {
  const options = (id, names) => document.getElementById(id).replaceChildren(...names.map((each) => make("option", { value: each })));
  const [tables, sources, modules] = await Promise.all(["analytics/tables", "analytics/table/MessageTable/column-values/Source", "analytics/table/MessageTable/column-values/ModuleId"].map((each) => get(each).catch(() => [])));
  options("sources", sources.slice(0, 2000));
  options("modules", modules.slice(0, 500));
  options("stat-tables", tables.filter((each) => each.type === "STAT").map((each) => each.name.replace("StatTable.", "")));
  options("object-types", tables.filter((each) => each.type === "OBJECT").map((each) => each.name));
}

async function columns() {
  const stat = form.stat_table.value.trim();
  if (values().kind !== "stats" || !stat) return void places.columns.replaceChildren();
  const schema = await get(`analytics/table/${encodeURIComponent(`StatTable.${stat.replace(/^StatTable\./, "")}`)}/schema`).catch(() => ({}));
  const names = (schema.columns || []).map((each) => each.name);
  places.columns.replaceChildren(...(names.length ? ["Columns: ", ...names.slice(0, 60).flatMap((each, at) => [at ? ", " : "", name(each)])] : ["Nobody has sent such statistics yet."]));
}

let typing = 0;
form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
form.addEventListener("input", (event) => {
  arrange();
  if (following && event.target.name !== "kind") end();
  clearTimeout(typing);
  typing = setTimeout(() => { compose(); if (["kind", "stat_table"].includes(event.target.name)) columns(); }, 250);
});
places.tail.addEventListener("click", () => (following ? end() : begin()));
places.stop.addEventListener("click", () => asked?.abort());
addEventListener("popstate", () => location.reload());

restore();
arrange();
offer();
columns();
if (location.search) submit();
else compose();
