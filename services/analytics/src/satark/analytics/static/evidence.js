// Why an incident is: one sentence, the numbers, and charts of what was measured beside what was normal.

import { get } from "./api.js";
import { Chart } from "./chart.js";
import { make, name } from "./page.js";
import { behind } from "./spans.js";
import { timeElement } from "./times.js";
import { because, between, capital, metric as words, number, short } from "./words.js";

const BEFORE_MS = 4 * 3_600_000;
const AFTER_MS = 3_600_000;
const MOST_CHARTS = 4;

/** Return how far from its centre a value is still normal; what is beyond the limit is not, whatever that was made of. */
function widthOf({ limit, baseline: { centre, spread, floor } }) {
  const wide = Math.max(spread, floor);
  return limit > centre ? Math.min(wide, limit - centre) : wide;
}

/** Return why an incident is, in one sentence, of its first symptom. */
export function why(incident, symptoms) {
  if (incident.alarm) return ["The conditions of the rule ", name(incident.alarm), incident.state === "open" ? " hold." : " held."];
  const [worst] = symptoms;
  if (!worst) return ["What was wrong is not told in its latest event."];
  const { subject, unit } = words(worst.metric);
  const { centre } = worst.baseline;
  const wide = widthOf(worst);
  const others = symptoms.length - 1;
  const verb = incident.state === "open" && worst.active ? "is" : "was";
  return [make("b", {}, `${capital(subject)} ${verb} ${number(worst.value, unit)}`),
    `: normal is ${between(Math.max(0, centre - wide), centre + wide, unit)}, and more than ${number(worst.limit, unit)} is too much${because(worst.cause)}.`,
    others > 0 ? ` ${others} more ${others === 1 ? "value is" : "values are"} beyond normal, below.` : ""];
}

/** Return the numbers of all symptoms as a table. */
export function numbers(symptoms) {
  const heads = ["Value", "Seen", "Normal", "Limit", "Worst", "Beyond since", "Samples"];
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...symptoms.map(row)));
}

function row(symptom) {
  const { title, unit } = words(symptom.metric);
  const { centre, n } = symptom.baseline;
  const cells = [
    make("b", {}, number(symptom.value, unit)), `${short(centre)} ± ${number(widthOf(symptom), unit)}`, number(symptom.limit, unit),
    make("span", {}, number(symptom.peak, unit), " at ", timeElement(symptom.peak_time)),
    make("span", {}, timeElement(symptom.since), symptom.until ? make("span", {}, " to ", timeElement(symptom.until)) : null),
    short(n),
  ];
  return make("tr", {}, make("th", { scope: "row" }, title, symptom.active ? null : make("span", { class: "soft" }, " (recovered)")),
    ...cells.map((cell) => make("td", {}, cell)));
}

/** The time that the evidence is of: some hours before, until after the end, or now. */
export function spanOf(incident) {
  const from = Date.parse(incident.opened_at) - BEFORE_MS;
  const to = Math.min(incident.ended_at ? Date.parse(incident.ended_at) + AFTER_MS : Date.now(), Date.now());
  return [new Date(from).toISOString(), new Date(to).toISOString()];
}

/** Charts of an incident's symptoms. `zoomed` is what leads to the link's own page. */
export class Evidence {
  constructor(place, zoomed) {
    Object.assign(this, { place, zoomed, charts: new Map() });
  }

  /** Show what was measured of each symptom; where nothing is kept of it, what the event itself has. */
  async show(incident, symptoms, silences) {
    const [start, end] = spanOf(incident);
    const shown = symptoms.slice(0, MOST_CHARTS);
    this.place.hidden = !shown.length;
    await Promise.all(shown.map(async (symptom) => {
      const chart = this.#chart(symptom.metric);
      let series;
      try {
        series = await get("v1/series", { entity: incident.entity, metric: symptom.metric, start, end });
      } catch {
        series = ofItself(incident, symptom);
      }
      chart.show(withLimit(series, symptom, incident), behind(series, silences));
    }));
  }

  #chart(metric) {
    if (!this.charts.has(metric)) {
      const { title, unit, way } = words(metric);
      const place = this.place.appendChild(make("div"));
      this.charts.set(metric, new Chart(place, { title, unit, colour: way || "rx", group: "evidence", zoomed: this.zoomed }));
    }
    return this.charts.get(metric);
  }
}

/** Return a series with the limit that the incident was judged by, where none was told of before. */
function withLimit(series, symptom, incident) {
  const begin = Date.parse(symptom.since);
  const end = incident.ended_at ? Date.parse(incident.ended_at) : Infinity;
  const none = series.times.map(() => null);
  const known = series.baseline || { low: none, high: none, centre: none, limit: none };
  const limit = series.times.map((time, at) => known.limit[at] ?? (Date.parse(time) >= begin && Date.parse(time) <= end ? symptom.limit : null));
  return { ...series, baseline: { ...known, limit } };
}

/** Return what an event itself has of a metric's recent past as a series. */
function ofItself(incident, symptom) {
  const points = symptom.recent || [];
  const times = points.map((point) => point.time);
  const { centre } = symptom.baseline;
  const wide = widthOf(symptom);
  const each = (value) => points.map(() => value);
  return {
    metric: symptom.metric, start: times[0] || incident.opened_at, end: times.at(-1) || incident.updated_at, step_s: 0, times,
    values: { raw: points.map((point) => point.value) },
    baseline: { centre: each(centre), low: each(centre - wide), high: each(centre + wide), limit: each(null) },
    incidents: [{ incident: incident.incident, opened_at: incident.opened_at, ended_at: incident.ended_at, metrics: incident.metrics }],
  };
}
