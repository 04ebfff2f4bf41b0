// The page of one link: six charts of one time, with its incidents, silences, and the values as a table.

import { get, Problem, way } from "./api.js";
import { Chart } from "./chart.js";
import { commands } from "./commands.js";
import { hrefOf } from "./incident-rows.js";
import { late } from "./late.js";
import { every, listen } from "./live.js";
import { data, make, nothing, sorry } from "./page.js";
import { Range } from "./range.js";
import { quoted } from "./shell.js";
import { incidentTable } from "./span-table.js";
import { behind } from "./spans.js";
import { show } from "./times.js";
import { valuesTable } from "./values-table.js";
import { metric as words, plain } from "./words.js";

const REFRESH_S = 60;
// What only the server knows, what the orchestrator says and what is learnt, stays as it was when the page was opened.
const STATES = {
  incident: data.state === "offline" ? "offline" : "degraded", silent: data.state === "offline" ? "offline" : "no-data",
  ok: data.state === "learning" ? "learning" : "ok",
};

const places = new Map([...document.querySelectorAll("[data-metric]")].map((place) => [place.dataset.metric, place]));
const charts = new Map();
const answers = new Map();
let asking = new AbortController();
let open = new Map();

const range = new Range(document.getElementById("range"), refresh);

for (const [metric, place] of places) {
  const { title, unit, way } = words(metric);
  charts.set(metric, new Chart(place, { title, unit, colour: way || "rx", zoomed: (from, to) => range.set(from, to) }));
}

/** Ask for all series of the time that is chosen, and show each as it comes. */
async function refresh() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  await Promise.all([...places.keys()].map((metric) => refreshOne(metric, signal)));
  if (signal.aborted) return;
  showIncidents();
  if (document.getElementById("values").open) showValues();
}

async function refreshOne(metric, signal) {
  try {
    const series = await get("v1/series", { entity: data.entity, metric, ...range.parameters }, { signal });
    answers.set(metric, series);
    charts.get(metric).show(series, behind(series, data.silences));
  } catch (error) {
    if (error.name === "AbortError") return;
    answers.delete(metric);
    charts.get(metric).say(excuse(error));
  }
}

function excuse(error) {
  const place = make("div");
  if (error instanceof Problem && error.status === 404) {
    nothing(place, "Never measured", "This link's orchestrator does not tell this value. Nothing is wrong.");
  } else sorry(place, error);
  return place.firstChild;
}

function showIncidents() {
  const place = document.getElementById("incidents");
  place.classList.remove("wait");
  const found = [...answers.values()][0]?.incidents;
  if (!found) return void nothing(place, "Not known", "Nothing of this link could be asked for.");
  if (!found.length) return void nothing(place, "No incident", "In this time nothing was worse than normal. Longer ago? Choose more time above.");
  place.replaceChildren(incidentTable(found));
}

function showValues() {
  document.getElementById("table").replaceChildren(valuesTable([...answers.values()]));
}

async function head() {
  const link = await get(way`v1/links/${data.entity}`);
  const state = STATES[link.state];
  const element = document.getElementById("state");
  element.className = `state ${state}`;
  element.textContent = plain(state.replace("-", "_"));
  const seen = document.getElementById("seen");
  seen.dateTime = link.last_seen;
  show(seen);
  open = new Map(link.incidents.map((each) => [each.incident, each.severity]));
  const lines = link.incidents.map((each) => make("p", {}, make("a", { href: hrefOf(each.incident) },
    make("span", { class: `state ${each.severity}` }, each.severity), " Open incident since ", show(make("time", { datetime: each.opened_at })))));
  document.getElementById("open").replaceChildren(...lines);
  document.getElementById("since").replaceChildren(...(link.incidents.length
    ? ["since ", show(make("time", { datetime: link.incidents[0].opened_at }))] : []));
}

document.getElementById("values").addEventListener("toggle", (event) => { if (event.target.open) showValues(); });
document.getElementById("lines").replaceChildren(commands([
  ["What it holds for normal", `satark normal ${quoted(data.entity)}`],
  ["Its incidents", `satark incidents --state all --entity ${quoted(data.entity)}`],
  ["Why the newest is", `satark explain --entity ${quoted(data.entity)}`],
]));

let first = true;
every(REFRESH_S, async () => {
  if (!first && !range.live) return;
  const known = first;
  first = false;
  try {
    await Promise.all([refresh(), known ? null : head()]);
  } catch { /* the charts have said so */ }
});

/** Ask for all anew; what cannot be had now stays as it was. */
async function renew() {
  await Promise.all([head().catch(() => {}), range.live ? refresh() : null]);
}

const told = late(renew, ({ event, incident, severity }) => open.get(incident) === (event === "resolved" ? undefined : severity));
let dumped = false;
listen("v1/stream/incidents", { entity: data.entity }, {
  update: (event) => { if (dumped) told(event); },
  loaded: () => { dumped = true; },
});
