// All links as columns, with the incidents that the stream tells of: states, filters, counts, order. Nothing is drawn here.

import { worstFirst } from "./symptoms.js";

/** States as they are counted and shown, the worst first. */
export const STATES = ["degraded", "offline", "no-data", "learning", "ok"];

/** The columns of words that can be filtered by: the name in the address, and that in the answer. */
export const WORDS = { orchestrator: "orchestrator", enterprise: "enterprise", site: "site", provider: "isp" };

const SEVERITIES = ["critical", "major", "warning", "minor"];
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const worse = (left, right) => SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity)
  || left.openedAt.localeCompare(right.openedAt);
const highest = (...values) => values.reduce((most, value) => (value === null ? most : Math.max(most, value)), -Infinity);

export class Fleet {
  #heard = new Map();
  #open = new Map();
  #texts = [];

  constructor() {
    this.links = { entity: [] };
    this.asOf = 0;
  }

  get count() {
    return this.links.entity.length;
  }

  /** Take in an answer of /v1/fleet. What the stream told of an incident is newer than what the store knows of it. */
  take(answer) {
    const known = Object.fromEntries(answer.incidents.incident.map((incident, at) => [incident, {
      incident, entity: answer.incidents.entity[at], severity: answer.incidents.severity[at],
      metric: answer.incidents.metric[at], openedAt: answer.incidents.opened_at[at],
    }]));
    for (const [incident, told] of this.#heard) {
      if (told.open === incident in known) this.#heard.delete(incident);
      else if (told.open) known[incident] = told;
      else delete known[incident];
    }
    this.links = answer.links;
    this.asOf = Date.parse(answer.time);
    this.leftOut = answer.left_out;
    this.places = new Map(answer.links.entity.map((entity, at) => [entity, at]));
    this.#texts = [];
    this.#open = new Map();
    for (const told of Object.values(known)) this.#put(told);
  }

  /** Take in an event of an incident. Returns the place of the link whose incidents it changed, or -1. */
  hear(event) {
    const [symptom] = worstFirst(event.symptoms);
    const told = {
      incident: event.incident, entity: event.entity, severity: event.severity, metric: symptom?.metric || "",
      openedAt: event.opened_at, open: event.event !== "resolved",
    };
    this.#heard.set(told.incident, told);
    this.#open.get(told.entity)?.delete(told.incident);
    if (told.open) this.#put(told);
    return this.places?.get(told.entity) ?? -1;
  }

  /** The word of a link in a column of words. */
  word(column, at) {
    const { words, at: places } = this.links[column];
    return words[places[at]];
  }

  /** The worst open incident of a link, if there is one. */
  incident(at) {
    const open = this.#open.get(this.links.entity[at]);
    return open?.size ? [...open.values()].sort(worse)[0] : null;
  }

  /** How many incidents of a link are open. */
  incidents(at) {
    return this.#open.get(this.links.entity[at])?.size || 0;
  }

  /** How a link is: what is down is offline whatever else, and what has an open incident is degraded. */
  state(at) {
    const condition = this.word("condition", at);
    return condition !== "offline" && this.incidents(at) ? "degraded" : condition;
  }

  /** Seconds since the newest sample of a link ended. */
  age(at, now = Date.now()) {
    return this.links.age_s[at] + Math.max(0, now - this.asOf) / 1000;
  }

  /** The places of the links that a filter leaves, whatever their state, and how many there are of each state. */
  filtered({ text = "", ...wanted }) {
    const parts = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const sets = Object.entries(WORDS).filter(([name]) => wanted[name])
      .map(([name, column]) => [this.links[column].at, this.#wanted(column, wanted[name])]);
    const found = [];
    const counts = Object.fromEntries(STATES.map((state) => [state, 0]));
    for (let at = 0; at < this.count; at += 1) {
      if (!sets.every(([places, words]) => words.has(places[at]))) continue;
      if (parts.length && !parts.every((part) => this.#text(at).includes(part))) continue;
      found.push(at);
      counts[this.state(at)] += 1;
    }
    return { found, counts };
  }

  /** Put places in order: by a column of the table, ties by name. */
  sorted(places, { by, down }) {
    const keys = new Map(places.map((at) => [at, this.#key(by, at)]));
    const names = this.#ranks();
    const sign = down ? -1 : 1;
    const compare = (left, right) => {
      const [one, other] = [keys.get(left), keys.get(right)];
      const order = typeof one === "string" ? collator.compare(one, other) : one - other || 0;
      return order * sign || names[left] - names[right];
    };
    return places.sort(compare);
  }

  #put(told) {
    if (!this.#open.has(told.entity)) this.#open.set(told.entity, new Map());
    this.#open.get(told.entity).set(told.incident, told);
  }

  #text(at) {
    const { edge, link, entity } = this.links;
    return this.#texts[at] ??= [edge[at], link[at], ...Object.values(WORDS).map((column) => this.word(column, at)), entity[at]]
      .join("\n").toLocaleLowerCase();
  }

  /** A word that is there in full is wanted alone; any other text stands for all words that hold it. */
  #wanted(column, text) {
    const { words } = this.links[column];
    const exact = words.indexOf(text);
    if (exact >= 0) return new Set([exact]);
    const part = text.toLocaleLowerCase();
    return new Set(words.flatMap((word, at) => (word.toLocaleLowerCase().includes(part) ? [at] : [])));
  }

  #key(by, at) {
    const values = this.links.values;
    if (by === "state") return this.#rank(at);
    if (by === "provider") return this.word("isp", at);
    if (by === "age") return this.links.age_s[at];
    if (by === "jitter") return highest(values.jitter_ms_rx[at], values.jitter_ms_tx[at]);
    if (by === "loss") return highest(values.loss_pct_rx[at], values.loss_pct_tx[at]);
    return by in values ? highest(values[by][at]) : 0;
  }

  #rank(at) {
    const incident = this.incident(at);
    return STATES.indexOf(this.state(at)) * 10 + (incident ? SEVERITIES.indexOf(incident.severity) + 1 : 9);
  }

  /** The places of links in the order of their names, made once for an answer. */
  #ranks() {
    if (this.links.ranks) return this.links.ranks;
    const { edge, link, entity } = this.links;
    const names = edge.map((name, at) => `${name || entity[at]}\n${link[at]}`);
    const order = names.map((_, at) => at).sort((left, right) => collator.compare(names[left], names[right]));
    this.links.ranks = new Int32Array(names.length);
    order.forEach((at, rank) => { this.links.ranks[at] = rank; });
    return this.links.ranks;
  }
}
