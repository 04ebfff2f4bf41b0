// Times in the reader's zone, with UTC at hand. Data is UTC (RFC 3339) everywhere.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const day = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const precise = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const DAY_MS = 86_400_000;

/** Return a time for a person: only the clock for today, the weekday within a week, else the date. */
export function told(text, now = Date.now(), { seconds = false } = {}) {
  const time = new Date(text);
  const hours = (seconds ? precise : clock).format(time);
  if (day.format(time) === day.format(now)) return hours;
  const near = Math.abs(now - time.getTime()) < 6 * DAY_MS;
  return `${near ? weekday.format(time) : day.format(time)} ${hours}`;
}

/** Return a time as UTC to the second, for titles. */
export function utc(text) {
  return `${new Date(text).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Return how long something lasts or is ago, in its two largest units: 3 d 4 h, 12 min, 40 s. */
export function span(seconds) {
  const parts = [];
  let rest = Math.max(0, Math.round(seconds));
  for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]]) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count) parts.push(`${count} ${unit}`);
    if (parts.length === 2 || (parts.length && !count)) break;
  }
  return parts.join(" ") || "0 s";
}

/** Return how long something lasts in whole minutes, from one on: what goes on for hours is not told by the second. */
export function lasting(seconds) {
  return span(seconds < 60 ? seconds : 60 * Math.floor(seconds / 60));
}

/** Return a time element. */
export function timeElement(text, options) {
  const element = document.createElement("time");
  element.dateTime = text;
  return show(element, options);
}

/** Say in a time element what its `datetime` is here; `data-as="ago"` says how long ago. */
export function show(element, options = { seconds: "seconds" in element.dataset }) {
  const text = element.dateTime;
  const ago = element.dataset.as === "ago";
  element.textContent = ago ? `${span((Date.now() - Date.parse(text)) / 1000)} ago` : told(text, Date.now(), options);
  element.title = `${utc(text)} · ${new Date(text).toLocaleString()} ${zone}`;
  return element;
}

/** Show all times below an element, and go on saying how long ago. */
export function showAll(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) show(element);
}

setInterval(() => {
  for (const element of document.querySelectorAll("time[data-as=ago]")) show(element);
}, 10_000);
