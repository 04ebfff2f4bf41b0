// The page of the pipeline: the check of `satark check`, what the store holds, and who is connected; again and again.

import { get, way } from "./api.js";
import { copyable } from "./copy.js";
import { findingsTable, stateElement, todoList, worst } from "./findings.js";
import { every, light } from "./live.js";
import { address, make, name, nothing, sorry } from "./page.js";
import { show as showTime, span, timeElement } from "./times.js";
import { wide } from "./wide.js";

const AGAIN_S = 20;
const MOST_GENERATORS = 5000;
const place = (id) => document.getElementById(id);
const [all, generators, orchestrators, lag, letters, store] = place("tiles").querySelectorAll("dd");
const filter = place("filter");

let sessions = [];

function put(id, ...children) {
  place(id).className = "";
  place(id).replaceChildren(...children);
}

function tile(element, text, more, state) {
  element.className = "";
  element.replaceChildren(state ? make("span", { class: `state ${state}` }, text) : text, make("span", { class: "small" }, more));
}

async function check() {
  try {
    const told = await get("v1/pipeline");
    light("on");
    show(told);
  } catch (problem) {
    light("lost");
    place("checked").textContent = "";
    put("todo");
    sorry(place("todo"), problem);
  }
}

function show({ time, state, findings, drops }) {
  const ago = timeElement(time);
  ago.dataset.as = "ago";
  place("checked").replaceChildren("Checked ", showTime(ago));
  const of = (...parts) => findings.filter((each) => parts.includes(each.part));
  const wrong = findings.filter((each) => each.state !== "ok").length;
  tile(all, { ok: "ok", warn: "look", unknown: "not all known", bad: "bad" }[state], wrong ? `${wrong} of ${findings.length} findings` : `${findings.length} findings`, state);
  const asked = of("sources").filter((each) => each.what.startsWith("orchestrator "));
  const read = asked.filter((each) => each.state === "ok").length;
  tile(orchestrators, asked.length ? `${read} of ${asked.length}` : "none", asked.length ? "read lately" : "were ever read", asked.length && read < asked.length ? worst(asked) : null);
  const readers = of("readers");
  const late = readers.filter((each) => each.state !== "ok").length;
  tile(lag, readers.length ? (late ? `${late} of ${readers.length}` : "none") : "not known", late ? "groups are not well" : readers.length ? "all groups read along" : "Kafka does not tell us", late ? worst(readers) : null);
  const dead = of("dead letters");
  const fresh = dead.filter((each) => each.state !== "ok").length;
  tile(letters, fresh ? `in ${fresh} ${fresh === 1 ? "topic" : "topics"}` : "none", fresh ? "fresh ones" : "within a day", fresh ? "warn" : null);
  if (wrong) put("todo", todoList(findings));
  else { put("todo"); nothing(place("todo"), "Nothing is to be done", "All that was looked at is as it should be."); }
  section("sources", of("sources"), "Nobody sends anything yet", "docs/how-to/connect-an-orchestrator.md and connect-contrail-daemons.md say how they are connected.");
  section("data-age", of("data", "clocks"), "There is nothing to say of data", "Kafka did not tell.");
  section("readers", readers, "Groups cannot be seen", "Kafka's user of analytics needs to describe groups: docs/how-to/check.md#rights. The broker within satark up cannot tell.");
  section("letters", dead, "There are no topics of dead letters", "satark topics apply makes them.");
  section("kafka", of("kafka", "topics"), "Kafka was not asked", "");
  services(of("services"), readers);
  dropped(drops);
}

function section(id, findings, title, advice) {
  if (findings.length) put(id, findingsTable(findings));
  else { put(id); nothing(place(id), title, advice); }
}

/** Services by their ops ports, where these are known; else by whether anybody reads for them. */
async function services(told, readers) {
  let here = [];
  try {
    here = await health();
  } catch (problem) {
    here = [{ state: "bad", what: "analytics", detail: problem.message }];
  }
  const seen = told.length ? told : readers.map((each) => ({ ...each, detail: each.state === "ok" ? "reads along" : each.detail })).filter((each) => each.what !== "analytics");
  put("services", findingsTable([...here, ...seen], { fold: 12 }),
    told.length ? "" : make("p", { class: "soft small" }, "Others are judged by their consumer groups; SATARK_ANALYTICS_CHECK_OPS lets analytics ask their ops ports."));
}

async function health() {
  const response = await fetch(new URL("../v1/health", import.meta.url), { credentials: "same-origin" });
  const told = await response.json();
  const lacking = (told.parts || []).filter((each) => !each.ready).map((each) => `${each.name}: ${each.reason}`);
  return [{ state: told.ready ? "ok" : "bad", what: "analytics", detail: told.ready ? `${told.version} ready` : `not ready: ${lacking.join("; ") || "it does not say why"}` }];
}

function dropped(drops) {
  if (!drops.length) { put("drops"); return nothing(place("drops"), "Nothing was given up", "As far as was asked: analytics itself, and the ops ports of SATARK_ANALYTICS_CHECK_OPS."); }
  const rows = drops.map((each) => make("tr", {}, make("td", { class: "number" }, each.count.toLocaleString()), make("td", {}, name(each.what)),
    make("td", {}, name(Object.entries(each.cause).map(([key, value]) => `${key} ${value}`).join(", "))), make("td", {}, name(each.process))));
  const head = ["Count", "What", "Cause", "Process"].map((title, at) => make("th", { scope: "col", class: at ? null : "number" }, title));
  return put("drops", wide("What was given up", make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))));
}

async function stored() {
  try {
    const told = await get("v1/store");
    const oldest = told.classes.map((each) => each.oldest).filter(Boolean).sort()[0];
    tile(store, `${told.used_percent} %`, oldest ? `used; since ${new Date(oldest).toLocaleDateString()}` : "used; nothing is kept yet", told.used_percent >= 90 ? "bad" : told.used_percent >= 70 ? "warn" : null);
    const rows = told.classes.map((each) => make("tr", {}, make("td", {}, each.kept), make("td", { class: "number" }, size(each.bytes)),
      make("td", { class: "number" }, each.oldest ? timeElement(each.oldest) : "–"),
      make("td", { class: "number" }, [each.limit_s ? span(each.limit_s) : "", each.limit_bytes ? size(each.limit_bytes) : ""].filter(Boolean).join(", ") || "for ever")));
    const head = ["Class", "Size", "Oldest", "Kept"].map((title, at) => make("th", { scope: "col", class: at ? "number" : null }, title));
    put("store", make("meter", { class: "meter", min: "0", max: "100", high: "70", value: String(told.used_percent), "aria-label": "How full the disk is" }),
      wide("What the store holds", make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))));
  } catch (problem) {
    tile(store, "away", problem.message, "bad");
    put("store");
    sorry(place("store"), problem);
  }
}

function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const at = Math.min(units.length - 1, bytes ? Math.floor(Math.log10(bytes) / 3) : 0);
  return `${(bytes / 1000 ** at).toLocaleString(undefined, { maximumFractionDigits: at ? 1 : 0 })} ${units[at]}`;
}

async function connected() {
  try {
    const found = [];
    let cursor;
    do {
      const page = await get("v1/generators", { limit: 1000, cursor });
      found.push(...page.generators);
      cursor = page.next;
    } while (cursor && found.length < MOST_GENERATORS);
    sessions = found.sort((one, other) => (one.state === other.state ? 0 : one.state === "down" ? -1 : 1));
    const up = sessions.filter((each) => each.state === "up").length;
    tile(generators, sessions.length ? `${up} of ${sessions.length}` : "none", sessions.length ? "connected" : "were ever connected", up < sessions.length ? "warn" : null);
    listed();
  } catch (problem) {
    tile(generators, "not known", problem.message, "unknown");
    put("generators");
    sorry(place("generators"), problem);
  }
}

function listed() {
  const wanted = filter.value.trim().toLowerCase();
  const found = sessions.filter((each) => each.generator.toLowerCase().includes(wanted));
  if (!found.length) { put("generators"); return nothing(place("generators"), sessions.length ? "None of them" : "There are no generators", "Daemons connect to the gateway: docs/how-to/connect-contrail-daemons.md."); }
  const rows = found.map((each) => make("tr", { "data-row": true },
    make("td", {}, make("a", { href: way`objects/generator/${each.generator}` }, name(each.generator))),
    make("td", {}, stateElement(each.state === "up" ? "ok" : "warn"), each.state === "up" ? "" : make("span", {}, " ", name(each.reason || "not connected"))),
    make("td", { class: "number" }, timeElement(each.state === "up" ? each.since : each.time)), make("td", { class: "number" }, (each.connections ?? 0).toLocaleString()),
    make("td", {}, name(each.gateway)), make("td", {}, name(each.address))));
  const head = [["Generator"], ["Session"], ["Since", 1], ["Connections", 1], ["Gateway"], ["Address"]].map(([title, right]) => make("th", { scope: "col", class: right ? "number" : null }, title));
  return put("generators", make("div", { class: "table wide", tabindex: "0", role: "region", "aria-label": "Generators" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))));
}

filter.value = address.get("text");
filter.addEventListener("input", () => { address.keep({ text: filter.value }); listed(); });
const command = copyable("The same in a terminal");
command.show(`satark check --api ${new URL("..", import.meta.url).href.replace(/\/$/, "")}`);
place("command").append(command.element);
every(AGAIN_S, () => Promise.all([check(), stored(), connected()]));
