// A question to a daemon, and its answer: POST /v1/requests, and the command that asks the same.

import { get, post } from "./api.js";
import { quoted } from "./shell.js";
import { copyable } from "./copy.js";
import { make, name, sorry } from "./page.js";
import { valueElement } from "./values.js";

const OUTCOMES = {
  answered: ["ok", "answered"], timed_out: ["warning", "timed out"], unknown_generator: ["offline", "no such generator is connected"],
  generator_lost: ["offline", "its connection was lost"], not_sent: ["warning", "not sent"],
};

/** Let a section ask one of some generators. Who may not ask is told so, and can copy the command. */
export async function asking(section, generators, { mayOperate }) {
  const form = section.querySelector("form");
  const [answer, help] = [section.querySelector("#answer"), section.querySelector("#ask-help")];
  const button = form.querySelector("button");
  form.generator.value = generators[0] || "";
  form.querySelector("#ask-generators").append(...generators.slice(0, 200).map((each) => make("option", { value: each })));
  const command = copyable("The same as a command");
  help.after(command.element);
  const say = () => command.show(`satark request ${quoted(form.generator.value || "GENERATOR")} ${quoted(form.request.value || "NAME")}${words(form.fields.value).map((each) => ` ${quoted(each)}`).join("")} --timeout ${Number(form.timeout.value) || 10}`);
  form.addEventListener("input", say);
  say();
  if (!mayOperate) {
    button.disabled = true;
    button.title = "This needs the role operate";
    help.textContent = "To ask needs the role operate, which you do not have here.";
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    answer.replaceChildren(make("p", { class: "soft" }, "Asked; the answer comes by way of the gateway …"));
    try {
      show(answer, await post("v1/requests", question(form)));
    } catch (problem) {
      sorry(answer, problem);
    }
    button.disabled = !mayOperate;
  });
  try {
    const { requests } = await get("v1/requests");
    form.querySelector("#ask-requests").append(...requests.map((each) => make("option", { value: each.name })));
    form.request.addEventListener("input", () => {
      const known = requests.find((each) => each.name === form.request.value);
      if (known && mayOperate) help.textContent = known.fields.length ? `Its fields: ${known.fields.map((each) => `${each.name} (${each.type})`).join(", ")}.` : "It has no fields.";
    });
  } catch { /* they are an offer only */ }
}

function question(form) {
  return {
    generator: form.generator.value.trim(), name: form.request.value.trim(), timeout_s: Number(form.timeout.value) || 10,
    fields: words(form.fields.value).map(field),
  };
}

/** Return name=value, name:type=value or name:type:number=value as `satark request` reads them. */
function field(word) {
  const at = word.indexOf("=");
  const [head, value] = at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
  const [own, type, number] = head.split(":");
  return { name: own, value, ...(type ? { type } : {}), ...(number ? { identifier: Number(number) } : {}) };
}

function words(text) {
  return (text.match(/(?:[^\s"]|"[^"]*")+/g) || []).map((each) => each.replaceAll('"', ""));
}

function show(place, told) {
  const outcomes = told.outcomes.map((each) => {
    const [state, text] = OUTCOMES[each.outcome] || ["info", each.outcome];
    return make("p", {}, make("span", { class: `state ${state}` }, text), " ", name(each.generator),
      each.gateway ? make("span", { class: "soft small" }, " by ", name(each.gateway)) : null, each.detail ? make("span", {}, ": ", name(each.detail)) : null);
  });
  const answers = told.answers.map((each) => make("article", { class: "struct" },
    make("h3", {}, name(each.name), make("span", { class: "soft small" }, name(each.generator))), valueElement(each.fields)));
  const lacking = [told.unheard ? `${told.unheard} more have not been heard of.` : "", told.more ? `${told.more} more answers are not shown.` : ""].join(" ").trim();
  place.replaceChildren(make("div", { class: "outcomes" }, ...outcomes), lacking ? make("p", { class: "soft" }, lacking) : "", ...answers);
}
