// The story of an incident: what happened, who was told or was not and why, and what people said, in the order of time.

import { make, name } from "./page.js";
import { lasting, timeElement } from "./times.js";
import { number, metric as words, plain } from "./words.js";

const TOLD = { sent: "Told", failed: "Could not be told", suppressed: "Not told", silenced: "Not told: silenced", acknowledged: "Not told: acknowledged" };
const MARKS = { sent: "good", failed: "bad", suppressed: "hollow", silenced: "hollow", acknowledged: "hollow" };
const OCCASIONS = {
  reminder: "a reminder: it was still open", escalation: "an escalation: nobody had acknowledged it",
  fallback: "in place of one who could not be told",
};
const REASONS = {
  first_symptom: "the first value beyond its limit", symptom_added: "one more value is beyond its limit",
  symptom_cleared: "one value is back to normal", severity_raised: "it became graver", all_clear: "all values are back to normal",
  still_open: "it goes on", worse: "it became worse", flapping: "it comes and goes", calm: "it has been calm for a while",
  accepted: "a person said that this is normal now", closed: "a person closed it",
};

/** Return the story as items of a list, the oldest first. */
export function timeline(story) {
  const all = [
    ...story.events.map(happened), ...story.notifications.map(told),
    ...story.silences.flatMap(silenced), ...acknowledged(story.incident.acknowledged),
  ];
  // What began at one time is told in this order: that it was, who was told, what they said.
  return all.map((each, at) => ({ ...each, at })).sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || a.at - b.at).map(item);
}

function item({ time, mark, title, more }) {
  return make("li", { class: mark }, timeElement(time), make("span", { class: "mark", "aria-hidden": "true" }),
    make("span", { class: "words" }, make("strong", {}, ...[title].flat()), more?.length ? make("small", {}, ...more) : null));
}

function happened(event) {
  const why = REASONS[event.reason] || plain(event.reason);
  if (event.event === "resolved") {
    const who = event.closed_by ? [" by ", name(event.closed_by), event.because ? ": " : "", event.because ? name(event.because) : ""] : [];
    return { time: event.time, mark: "good", title: ["Over", ...who], more: [`${why}; it lasted ${lasting(event.duration_s)}`] };
  }
  const opened = event.event === "opened";
  const active = event.symptoms.filter((each) => each.active);
  const values = active.map((each) => `${words(each.metric).subject} ${number(each.value, words(each.metric).unit)}`);
  const title = opened ? `Opened as ${event.severity}` : event.reason === "severity_raised" ? `Raised to ${event.severity}` : `Changed: ${why}`;
  const more = [opened || event.reason === "severity_raised" ? why : "", values.join(", ")].filter(Boolean).join(": ");
  return { time: event.time, mark: event.severity === "critical" ? "bad" : "warn", title, more: more ? [more] : [] };
}

function told(notification) {
  const { occasion, detail } = notification;
  return {
    time: notification.time, mark: MARKS[notification.outcome] || "hollow",
    title: [TOLD[notification.outcome] || plain(notification.outcome), " by ", notification.channel, ": ", name(notification.receiver)],
    more: [OCCASIONS[occasion] || plain(occasion), occasion && detail ? "; " : "", detail ? name(detail) : ""].filter(Boolean),
  };
}

function silenced(silence) {
  const by = silence.by || "somebody";
  const title = ["Silenced by ", name(by)];
  const until = silence.ended_by ? [] : ["until ", timeElement(silence.ends)];
  const more = [...until, silence.comment && until.length ? ": " : "", silence.comment ? name(silence.comment) : ""].filter(Boolean);
  const found = [{ time: silence.starts, mark: "person", title, more }];
  if (silence.ended_by) found.push({ time: silence.ends, mark: "person", title: ["Silence ended by ", name(silence.ended_by)] });
  return found;
}

function acknowledged(word) {
  if (!word) return [];
  return [{ time: word.time, mark: "person", title: ["Acknowledged by ", name(word.by || "somebody")], more: word.comment ? [name(word.comment)] : [] }];
}
