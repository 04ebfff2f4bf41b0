// The list of incidents: open first, then those that are over; filters are kept in the address, new ones come by themselves.

import { get } from "./api.js";
import { commands } from "./commands.js";
import { arranged, groupRow, incidentRow, what } from "./incident-rows.js";
import { late } from "./late.js";
import { every, listen } from "./live.js";
import { address, make, name, nothing, sorry } from "./page.js";
import { quoted } from "./shell.js";

const REFRESH_S = 60;
const MOST_OPEN = 500;
const PAGE = 50;
const FIELDS = ["q", "severity", "seen", "last"];
const USUAL = { last: "7d" };
const ALL = "all";

const form = document.getElementById("filters");
const places = { open: document.getElementById("open"), over: document.getElementById("over") };
const more = document.getElementById("more");
const only = document.getElementById("only");
const known = new Set();
const lists = { open: [], over: [] };
let groups = [];
let next = null;
let first = true;

for (const field of FIELDS) {
  const kept = address.get(field, USUAL[field] ?? "");
  form.elements[field].value = kept === ALL && field !== "q" ? "" : kept;
}

function asked(state) {
  const { severity, last } = form.elements;
  const since = state === "resolved" && last.value ? new Date(Date.now() - 86_400_000 * days(last.value)).toISOString() : "";
  return { state, severity: severity.value, start: since, limit: state === "open" ? MOST_OPEN : PAGE };
}

const days = (text) => (text.endsWith("d") ? Number.parseInt(text, 10) : Number.parseInt(text, 10) / 24);

/** Ask for both lists and for the groups, and show them. What was shown stays until there is something else. */
async function refresh() {
  try {
    const [open, over, found] = await Promise.all([
      get("v1/incidents", asked("open")), get("v1/incidents", asked("resolved")), get("v1/incident-groups", { limit: 100 }),
    ]);
    lists.open = open.incidents;
    lists.over = over.incidents;
    groups = found.groups;
    next = over.next;
    show();
  } catch (error) {
    for (const place of Object.values(places)) if (first) { place.classList.remove("wait"); sorry(place, error); }
  }
}

async function older() {
  more.disabled = true;
  try {
    const page = await get("v1/incidents", { ...asked("resolved"), cursor: next });
    lists.over = [...lists.over, ...page.incidents];
    next = page.next;
    show();
  } catch (error) {
    sorry(more.parentElement.appendChild(make("div")), error);
  }
  more.disabled = false;
}

/** Return whether an incident is among what the reader wants to see; severity and time were asked of the server. */
function wanted(incident) {
  const { q, seen } = form.elements;
  if (seen.value && (seen.value === "yes") !== Boolean(incident.acknowledged)) return false;
  const group = address.get("group");
  if (group && !groups.find((each) => each.group === group)?.incidents.includes(incident.incident)) return false;
  const text = [...Object.values(incident.labels), incident.entity, what(incident), incident.alarm].join(" ").toLowerCase();
  return q.value.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function show() {
  for (const [state, place] of Object.entries(places)) {
    place.classList.remove("wait");
    const found = lists[state].filter(wanted);
    if (found.length) place.replaceChildren(make("ul", { class: "rows" }, ...arranged(found, groups).map(item)));
    else empty(place, state);
  }
  for (const incident of lists.open) known.add(incident.incident);
  first = false;
  more.hidden = !next;
  const unseen = lists.open.filter((each) => !each.acknowledged).length;
  document.getElementById("counts").textContent = lists.open.length ? `${lists.open.length} open, ${unseen} not acknowledged` : "none open";
  document.title = `${lists.open.length ? `(${lists.open.length}) ` : ""}Incidents · Satark`;
  showOnly();
  showCommands();
}

const fresh = (incident) => ({ fresh: !first && incident.state === "open" && !known.has(incident.incident) });

function item({ group, members }) {
  return group && members.length > 1 ? groupRow(group, members, fresh) : incidentRow(members[0], fresh(members[0]));
}

function empty(place, state) {
  const filtered = lists[state].length > 0;
  if (filtered) nothing(place, "None of these match", "Empty the filter above to see all.");
  else if (state === "open") nothing(place, "Nothing is wrong", "No incident is open. A new one appears here by itself.");
  else nothing(place, "None in this time", "Choose a longer time under “Over since”.");
}

function showOnly() {
  const group = groups.find((each) => each.group === address.get("group"));
  only.hidden = !address.get("group");
  const text = group ? ["Only the group of ", name(group.value), ". "] : ["Only a group that is not among the latest. "];
  only.replaceChildren(...text, make("a", { href: location.pathname }, "Show all"));
}

function showCommands() {
  const { severity, last } = form.elements;
  const grave = severity.value ? ` --severity ${severity.value}` : "";
  const since = last.value ? ` --start-time now-${quoted(last.value)}` : "";
  document.getElementById("lines").replaceChildren(commands([
    ["What is open", `satark incidents${grave}`],
    ["What was, too", `satark incidents --state all${grave}${since}`],
  ]));
}

let typing = 0;
form.addEventListener("input", () => {
  const values = FIELDS.map((field) => [field, form.elements[field].value]);
  address.keep(Object.fromEntries(values.map(([field, value]) => [field, value === (USUAL[field] ?? "") ? "" : value || ALL])));
  clearTimeout(typing);
  show();
});
form.addEventListener("change", (event) => { if (event.target.name !== "q") refresh(); });
form.addEventListener("submit", (event) => event.preventDefault());
more.addEventListener("click", older);

every(REFRESH_S, refresh);

const told = late(refresh, ({ incident, sequence }) => [...lists.open, ...lists.over].some((each) => each.incident === incident && each.events > sequence));
let dumped = false;
listen("v1/stream/incidents", {}, {
  update: (event) => { if (dumped) told(event); },
  loaded: (again) => { dumped = true; if (again) refresh(); },
});
