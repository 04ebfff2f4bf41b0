// Names of metrics, and numbers, as a person says them.

const KINDS = { latency: "Latency", jitter: "Jitter", loss: "Packet loss", throughput: "Throughput", bandwidth: "Bandwidth" };
const WAYS = { rx: "download", tx: "upload" };
const UNITS = [["_ms", "ms"], ["_pct", "%"], ["_bps", "bit/s"], ["_bytes", "bytes"], ["_s", "s"]];

const CAUSES = {
  window: "the mean of the recent past", unusual: "what is usual at this time of day", recent: "the level of late",
  shift: "a level that had been constant", novel: "anything seen so far", limit: "an absolute limit", rate: "how fast it may rise",
};

/** Return what a limit was made of: the cause of a symptom in words, with a comma before them; nothing if it is not told. */
export function because(cause) {
  return CAUSES[cause] ? `, measured by ${CAUSES[cause]}` : "";
}

/** Return a metric in words: { title: "Latency, download", subject: "download latency", way: "rx", unit: "ms" }; others keep their name. */
export function metric(name) {
  const way = /_(rx|tx)$/.exec(name)?.[1] || "";
  const kind = KINDS[name.split("_")[0]];
  const unit = UNITS.find(([word]) => name.includes(`${word}_`) || name.endsWith(word))?.[1] || "";
  const title = kind ? `${kind}${way ? `, ${WAYS[way]}` : ""}` : name;
  return { title, subject: kind && way ? `${WAYS[way]} ${kind.toLowerCase()}` : title, way, unit };
}

/** Return a number as short as it can be read: 0.42, 18.3, 95, 1,240, 455.7 k, 3.2 M. */
export function short(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e5) return `${(value / 10 ** (3 * Math.floor(Math.log10(size) / 3))).toFixed(1)} ${" kMGTPE"[Math.floor(Math.log10(size) / 3)]}`;
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2;
  const text = value.toLocaleString(undefined, { maximumFractionDigits: digits });
  return text;
}

/** Return a number with its unit. */
export function number(value, unit) {
  if (value === null || value === undefined) return "–";
  const text = short(value);
  const prefixed = /[kMGTPE]$/.test(text) && unit !== "%";
  return prefixed && unit ? `${text.slice(0, -2)}\u00a0${text.at(-1)}${unit}` : `${text}${unit ? `\u00a0${unit}` : ""}`;
}

/** Return a range of numbers with its unit, as 18–26 ms. */
export function between(low, high, unit) {
  return `${short(low)}–${number(high, unit)}`;
}

/** Say a value and what it is beside its normal: { text, mood } with mood ok, warning, critical, learning or no-data. */
export function judged({ value, low, high, limit }, unit) {
  if (value === null || value === undefined) return { text: "not measured", mood: "no-data" };
  const known = high !== null && high !== undefined;
  const normal = known ? `normal is ${between(Math.max(0, low), high, unit)}` : "normal is still learnt";
  const over = limit !== null && limit !== undefined && value > limit;
  if (over) return { text: `over the limit of ${number(limit, unit)}; ${normal}`, mood: "critical" };
  if (!known) return { text: normal, mood: "learning" };
  if (value > high) return { text: `above normal; ${normal}`, mood: "warning" };
  return { text: value < low ? `below normal; ${normal}` : normal, mood: "ok" };
}

/** Return a text with a capital. */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Return a reason or outcome as words: symptom_added becomes "symptom added". */
export function plain(word) {
  return (word || "").replaceAll("_", " ");
}

/** Return the name by which a person knows a thing: edge and link, or its key. */
export function place(labels, entity) {
  return ["edge", "link", "name"].map((key) => labels[key]).filter(Boolean).join(" / ") || entity;
}
