// The page of one incident: it tells itself anew whenever something happens to it.

import { get, url, way } from "./api.js";
import { commands } from "./commands.js";
import { Deeds } from "./deeds.js";
import { Evidence, numbers, spanOf, why } from "./evidence.js";
import { late } from "./late.js";
import { every, listen } from "./live.js";
import { data, make, name } from "./page.js";
import { quoted } from "./shell.js";
import { worstFirst } from "./symptoms.js";
import { timeline } from "./timeline.js";
import { lasting, timeElement } from "./times.js";

const REFRESH_S = 30;
const FACTS = [["Enterprise", "enterprise"], ["Site", "site"], ["Provider", "isp"], ["Interface", "interface"], ["Orchestrator", "orchestrator"]];

const id = data.story.incident.incident;
const byId = (name_) => document.getElementById(name_);
const evidence = new Evidence(byId("charts"), (from, to) => { location.href = linkHref(new Date(from).toISOString(), new Date(to).toISOString()); });
let shown = data.story;
const deeds = new Deeds(byId("deeds"), { mayOperate: data.may_operate, done: refresh });

function show(story, explained) {
  shown = story;
  const { incident } = story;
  const symptoms = worstFirst(explained.symptoms);
  showStatus(incident);
  byId("why").replaceChildren(...why(incident, symptoms));
  byId("links").replaceChildren(...links(incident));
  byId("numbers").replaceChildren(...(symptoms.length ? [numbers(symptoms)] : []));
  byId("sentences").replaceChildren(...explained.sentences.map((each) => make("p", {}, name(each))));
  byId("timeline").replaceChildren(...timeline(story));
  byId("facts").replaceChildren(...facts(incident, explained));
  deeds.show(story);
  evidence.show(incident, symptoms, story.silences.map((each) => ({ ...each, incident: ofIncident(each) })));
}

function ofIncident(silence) {
  return silence.matchers.find((each) => each.name === "incident" && !each.negated)?.pattern ?? null;
}

function showStatus(incident) {
  const over = incident.state === "resolved";
  const lasted = (Date.parse(incident.ended_at || new Date()) - Date.parse(incident.opened_at)) / 1000;
  byId("status").replaceChildren(
    make("span", { class: `state ${over ? "resolved" : incident.severity}` }, over ? `over, was ${incident.severity}` : `${incident.severity}, open`),
    make("span", { class: "soft" }, "since ", timeElement(incident.opened_at), over ? `, lasted ${lasting(lasted)}` : `, for ${lasting(lasted)}`));
}

function linkHref(start, end) {
  return url(way`console/links/${data.story.incident.entity}`, { start, end });
}

function links(incident) {
  const [start, end] = spanOf(incident);
  const groups = data.groups.map((group) => make("a", { href: url("console/incidents", { group: group.group, last: "all" }) },
    `One of ${group.members} of `, name(group.value)));
  return [make("a", { href: linkHref(start, end) }, "The link at that time"), ...groups].flatMap((each, at) => (at ? [" · ", each] : [each]));
}

function facts(incident, explained) {
  const rows = FACTS.filter(([, label]) => incident.labels[label]).map(([title, label]) => [title, name(incident.labels[label])]);
  rows.push(["Method", explained.method]);
  if (explained.rules.length) rows.push(["Rules", name(explained.rules.join(", "))]);
  rows.push(["Incident", make("code", {}, name(incident.incident))], ["Entity", make("code", {}, name(incident.entity))]);
  return rows.flatMap(([title, value]) => [make("dt", {}, title), make("dd", {}, value)]);
}

function showCommands({ incident, entity }) {
  const about = quoted(`entity=${entity}`);
  byId("lines").replaceChildren(commands([
    ["Its story", `satark incidents ${quoted(incident)}`],
    ["Why it is", `satark explain ${quoted(incident)}`],
    ["Acknowledge it", `satark incidents ack ${quoted(incident)} --comment 'ticket 4711'`],
    ["Keep quiet about the link", `satark silence add ${about} --for 4h --comment 'why'`],
    ["Say that what it does now is normal", `satark accept ${quoted(incident)}`],
  ]));
}

/** Ask for the story anew and show it; what was shown stays where that fails, and the light in the head says so. */
async function refresh() {
  try {
    const [story, explained] = await Promise.all([get(way`v1/incidents/${id}`), get(way`v1/incidents/${id}/explain`)]);
    show(story, explained);
  } catch { /* tried again by itself */ }
}

show(data.story, data.explained);
showCommands(data.story.incident);

let first = true;
every(REFRESH_S, async () => {
  if (!first && data.story.incident.state === "open") await refresh();
  first = false;
});

const told = late(refresh, ({ sequence }) => shown.incident.events > sequence);
let dumped = false;
listen("v1/stream/incidents", { entity: data.story.incident.entity }, {
  update: (event) => { if (dumped && event.incident === id) told(event); },
  loaded: (again) => { dumped = true; if (again) refresh(); },
});
