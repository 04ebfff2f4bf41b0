// The first page: all links, each a row, as they are now.

import { get } from "./api.js";
import { Filters } from "./fleet-filters.js";
import { Fleet } from "./fleet-model.js";
import { makeRow, showRow } from "./fleet-row.js";
import { every, listen } from "./live.js";
import { data, nothing, sorry } from "./page.js";
import { Rows } from "./rows.js";
import { recoloured } from "./spark.js";

const table = document.getElementById("links");
const body = document.getElementById("rows");
const instead = document.getElementById("instead");
const fleet = new Fleet();
let order = [];
let known = false;

const rows = new Rows(body, { make: makeRow, show: (row, index) => showRow(row, fleet, order[index], index) });
const filters = new Filters({
  form: document.getElementById("filters"), chips: document.getElementById("states"), heads: table, changed: () => arrange(),
});

/** Whether somebody is at a row: then rows stay where they are, and only what is in them changes. */
function held() {
  return body.matches(":hover") || body.contains(document.activeElement);
}

/** Show the links that are wanted, in the order that is wanted. */
function arrange() {
  if (!known) return;
  const { found, counts } = fleet.filtered(filters.wanted);
  const { states } = filters;
  filters.count(counts);
  order = fleet.sorted(states.size ? found.filter((at) => states.has(fleet.state(at))) : found, filters.order);
  show();
}

function show() {
  table.setAttribute("aria-rowcount", order.length + 1);
  table.hidden = !order.length;
  instead.hidden = order.length > 0;
  if (!order.length) excuse();
  rows.set(order.length);
}

function excuse() {
  if (filters.any) nothing(instead, "No link is like this", "Change the filter, or clear it.");
  else nothing(instead, "No links yet", "Links are here once a poller has measured one: within minutes of its first look at an orchestrator. Pipeline says how that goes.");
}

/** Take in what is newer, and leave every row where it is. */
function renew(answer) {
  const shown = order.map((at) => fleet.links.entity[at]);
  fleet.take(answer);
  const left = shown.map((entity) => fleet.places.get(entity));
  if (left.includes(undefined)) return arrange();
  order = left;
  filters.count(fleet.filtered(filters.wanted).counts);
  rows.refresh();
}

async function load() {
  try {
    const answer = await get("v1/fleet");
    document.getElementById("wait").hidden = true;
    if (known && held()) renew(answer);
    else {
      fleet.take(answer);
      if (!known) filters.offer(fleet);
      known = true;
      arrange();
    }
    document.getElementById("left-out").hidden = !fleet.leftOut;
  } catch (error) {
    if (known) return;  // what is shown says how old it is
    document.getElementById("wait").hidden = true;
    instead.hidden = false;
    sorry(instead, error);
  }
}

let changed = null;

/** Take in an event; a thousand that come together are shown once. */
function heard(event) {
  const at = fleet.hear(event);
  if (!known || at < 0) return;
  changed ??= later();
  changed.add(event.entity);
}

function later() {
  requestAnimationFrame(() => {
    const entities = changed;
    changed = null;
    if (!held()) return arrange();
    filters.count(fleet.filtered(filters.wanted).counts);
    order.forEach((at, index) => { if (entities.has(fleet.links.entity[at])) rows.refresh(index); });
  });
  return new Set();
}

function repaint() {
  recoloured();
  rows.refresh();
}

document.addEventListener("themed", repaint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
every(data.refresh_s, load);
listen("v1/stream/incidents", { kind: "wan-link" }, { update: heard });
