// What lies behind a chart: the incidents of a series, and the silences that held.

const SECOND_MS = 1000;

const seconds = (text) => Date.parse(text) / SECOND_MS;

/** Return the spans of a series and of silences: those of this metric's incidents, of others', and those that nobody was told in. */
export function behind(series, silences = []) {
  const incidents = series.incidents.map((each) => ({
    from: seconds(each.opened_at), to: each.ended_at ? seconds(each.ended_at) : now(series),
    kind: !each.metrics.length || each.metrics.includes(series.metric) ? "incident" : "other",
  }));
  return [...incidents.filter((each) => each.kind === "other"), ...incidents.filter((each) => each.kind === "incident"),
    ...silences.flatMap((each) => quiet(each, series))];
}

/** Return when a silence held: one of an incident only while that lasted, of which the series must know. */
function quiet(silence, series) {
  const span = { from: seconds(silence.starts), to: seconds(silence.ends), kind: "quiet" };
  if (!silence.incident) return [span];
  const incident = series.incidents.find((each) => each.incident === silence.incident);
  if (!incident) return [];
  return [{ ...span, to: Math.min(span.to, incident.ended_at ? seconds(incident.ended_at) : now(series)) }];
}

/** What is open lasts until now, not into a future that a chart may show. */
function now(series) {
  return Math.min(Date.now() / SECOND_MS, seconds(series.end));
}
