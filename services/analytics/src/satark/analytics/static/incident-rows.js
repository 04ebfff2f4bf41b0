// Incidents as rows: severity, place, what, since, for how long, and who looks after it.

import { url, way } from "./api.js";
import { make, name } from "./page.js";
import { lasting, timeElement } from "./times.js";
import { metric as words, place, plain } from "./words.js";

/** Return the address of an incident's page. */
export function hrefOf(id) {
  return url(way`console/incidents/${id}`);
}

/** Return what an incident is about, in words. */
export function what(incident) {
  if (incident.alarm) return `Alarm of the rule ${incident.alarm}`;
  return incident.metrics.map((each) => words(each).title).join(" · ") || plain(incident.reason);
}

/** Return an incident as an item of a list; `fresh` ones are marked for a moment. */
export function incidentRow(incident, { fresh = false } = {}) {
  const { labels } = incident;
  const where = [labels.enterprise, labels.site, labels.isp].filter(Boolean);
  return make("li", { "data-row": true, class: fresh ? "new" : null, "data-incident": incident.incident },
    make("div", { class: "row" },
      make("span", { class: `severity state ${incident.severity}` }, incident.severity),
      make("span", { class: "where" },
        make("a", { href: hrefOf(incident.incident) }, make("bdi", { class: "cut" }, place(labels, incident.entity))),
        where.length ? make("small", { class: "cut" }, ...where.flatMap((each, at) => [at ? " · " : "", name(each)])) : null),
      make("span", { class: "what" }, make("bdi", {}, what(incident)), incident.flapping ? " (comes and goes)" : ""),
      make("span", { class: "since" }, timeElement(incident.opened_at)),
      make("span", { class: "lasted soft" }, lasted(incident)),
      seen(incident)));
}

function lasted(incident) {
  const seconds = (Date.parse(incident.ended_at || new Date()) - Date.parse(incident.opened_at)) / 1000;
  return incident.state === "open" ? `for ${lasting(seconds)}` : `lasted ${lasting(seconds)}`;
}

function seen(incident) {
  const word = incident.acknowledged;
  if (word) return make("span", { class: "seen soft" }, "seen by ", name(word.by || "somebody"));
  return make("span", { class: `seen ${incident.state === "open" ? "none" : "soft"}` }, incident.state === "open" ? "not acknowledged" : "");
}

/** Return a group with its members that are shown as an item of a list. */
export function groupRow(group, members, options) {
  return make("li", { class: "group", "data-group": group.group },
    make("div", { class: "title" },
      make("span", { class: `state ${group.severity}` }, group.severity),
      make("strong", {}, `${group.members} links of one ${DIMENSIONS[group.dimension] || group.dimension}: `, name(group.value)),
      make("span", { class: "soft small" }, `${group.open} still open, since `, timeElement(group.opened_at))),
    make("ul", { class: "rows" }, ...members.map((each) => incidentRow(each, options(each)))));
}

const DIMENSIONS = { site: "site", isp: "provider", gateway: "gateway" };

/** Return incidents in the order of a list: each group where its first member is, with its members; the others by themselves. */
export function arranged(incidents, groups) {
  const of = new Map(groups.flatMap((group) => group.incidents.map((id) => [id, group])));
  const found = new Map();
  for (const incident of incidents) {
    const group = of.get(incident.incident);
    const key = group ? `group ${group.group}` : incident.incident;
    if (!found.has(key)) found.set(key, { group, members: [] });
    found.get(key).members.push(incident);
  }
  return [...found.values()];
}
