// Alarms of objects: how grave, what holds, and saying that one has seen them.

import { post } from "./api.js";
import { make, name, toast } from "./page.js";
import { timeElement } from "./times.js";
import { valueElement } from "./values.js";
import { wide } from "./wide.js";

const STATES = { critical: "critical", major: "warning", minor: "info" };

/** Return the words for so many alarms, of which the gravest has a severity. */
export function alarmed(count, severity) {
  if (!count) return make("span", { class: "soft" }, "–");
  return make("span", { class: `state ${STATES[severity] || "info"}` }, count === 1 ? `1 ${severity}` : `${count.toLocaleString()}, up to ${severity}`);
}

/** Return an alarm; who may not acknowledge sees why. `done` is called after it was acknowledged. */
export function alarmElement(object, alarm, { mayOperate, done }) {
  const act = alarm.acknowledged ? make("span", { class: "soft" }, "acknowledged")
    : make("button", {
      type: "button", class: "quiet", disabled: !mayOperate, title: mayOperate ? null : "This needs the role operate",
      onclick: (event) => acknowledge(event.currentTarget, object, alarm, done),
    }, "Acknowledge");
  return make("article", { class: "alarm" },
    make("header", {}, make("span", { class: `state ${STATES[alarm.severity]}` }, alarm.severity),
      make("strong", { class: "grow" }, name(alarm.type)), make("span", { class: "soft small" }, "since ", timeElement(alarm.time)), act),
    alarm.description ? make("p", {}, name(alarm.description)) : null,
    make("details", {}, make("summary", { class: "small" }, "What holds"), holds(alarm.rules)));
}

/** Return the conditions that hold, each with the values for which it does. */
function holds(rules) {
  const conditions = (rules.or_list || []).flatMap((each) => each.and_list || []);
  const rows = conditions.filter((each) => each && each.condition).map(({ condition, match }) => make("tr", {},
    make("td", {}, make("code", {}, name(condition.operand1))), make("td", {}, name(condition.operation)),
    make("td", {}, name(condition.operand2?.json_value ?? condition.operand2?.uve_attribute)),
    make("td", {}, valueElement((match || []).map((each) => ({ is: each.json_operand1_value, ...(each.json_variables || {}) }))))));
  if (!rows.length) return valueElement(rules);
  const head = ["What", "", "Limit", "Is"].map((title) => make("th", { scope: "col" }, title));
  return wide("Conditions", make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
}

async function acknowledge(button, object, alarm, done) {
  button.disabled = true;
  try {
    await post("analytics/alarms/acknowledge", { table: object.type, name: object.name, type: alarm.type, token: alarm.token });
    toast("Acknowledged. It silences nothing, and ends when the alarm changes.");
    done();
  } catch (problem) {
    button.disabled = false;
    toast(`${problem.message} ${problem.advice}`, "bad");
  }
}
