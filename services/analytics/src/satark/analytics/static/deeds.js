// What a person does about an incident: acknowledge it, keep quiet about it now or later, end a silence.

import { post, remove, way } from "./api.js";
import { make, name } from "./page.js";
import { timeElement, told } from "./times.js";

const HOUR_MS = 3_600_000;
const LONGEST_S = 180 * 86_400;
const LENGTHS_S = { "1h": 3600, "4h": 4 * 3600 };
const SCOPES = [["site", "all links of the site"], ["isp", "all links of the provider"], ["edge", "all links of the edge"]];

/** The forms of an incident's page. `done` is called after each deed that the server has taken. */
export class Deeds {
  constructor(root, { mayOperate, done }) {
    Object.assign(this, { root, done, mayOperate });
    this.result = root.querySelector("#result");
    this.window = root.querySelector("#window");
    [this.seeing, this.silencing] = ["acknowledge", "silence"].map((id) => root.querySelector(`#${id}`));
    this.seeing.addEventListener("submit", (event) => { event.preventDefault(); this.#acknowledge(); });
    this.silencing.addEventListener("submit", (event) => { event.preventDefault(); this.#window(); });
    this.silencing.addEventListener("click", (event) => this.#clicked(event.target.closest("[data-for]")));
    this.silencing.addEventListener("input", () => this.silencing.elements.ends.setCustomValidity(""));
    if (!mayOperate) this.#refuse();
  }

  /** Show what can be done about an incident as it is now, and what was done. */
  show(story) {
    const { incident } = story;
    this.incident = incident;
    const over = incident.state === "resolved";
    const word = incident.acknowledged;
    this.root.querySelector("#seen").replaceChildren(...(word
      ? [make("p", {}, "Acknowledged by ", name(word.by || "somebody"), " ", timeElement(word.time), word.comment ? ": " : "", word.comment ? name(word.comment) : "")] : []));
    this.seeing.hidden = over;
    this.seeing.querySelector("button").textContent = word ? "Acknowledge again" : "Acknowledge";
    this.silencing.querySelector("[data-for=resolved]").hidden = over;
    this.#scopes();
    const now = story.silences.filter((each) => story.silenced_by.includes(each.silence));
    this.root.querySelector("#silences").replaceChildren(...now.map((each) => this.#silence(each)));
  }

  #refuse() {
    for (const each of this.root.querySelectorAll("button, input, select")) each.disabled = true;
    this.#say("You may read here. To acknowledge and silence, log in with the role operate.", "");
  }

  #say(text, mood) {
    this.result.className = `result ${mood}`;
    this.result.textContent = text;
  }

  async #do(work, words) {
    const buttons = [...this.root.querySelectorAll("button")];
    for (const each of buttons) each.disabled = true;
    this.#say("…", "");
    try {
      this.#say(words(await work()), "good");
    } catch (error) {
      this.#say(`${error.message}. ${error.advice ?? ""}`, "bad");
      return;
    } finally {
      for (const each of buttons) each.disabled = !this.mayOperate;
    }
    await this.done();
  }

  async #acknowledge() {
    const field = this.seeing.elements.comment;
    await this.#do(() => post(way`v1/incidents/${this.incident.incident}/acknowledge`, { comment: field.value.trim() }),
      () => "Acknowledged: reminders and escalations stop, and its end is told.");
    if (this.result.classList.contains("good")) field.value = "";
  }

  #clicked(button) {
    if (!button) return;
    const length = button.dataset.for;
    if (length === "own") return void this.#open(button);
    const resolved = length === "resolved";
    const body = { matchers: [this.#matcher(resolved)], duration_s: resolved ? LONGEST_S : LENGTHS_S[length] };
    this.#do(() => post("v1/silences", body), (made) => (resolved
      ? "Nobody is told of this incident any more; a new one is told."
      : `Nobody is told of this link until ${told(made.silence.ends)}.`));
  }

  /** What is silenced: for a while the entity, until it is resolved this incident alone, as the links of mails do. */
  #matcher(alone) {
    const { incident, entity } = this.incident;
    return alone || entity.includes("*") ? { name: "incident", pattern: incident } : { name: "entity", pattern: entity };
  }

  #open(button) {
    this.window.hidden = !this.window.hidden;
    button.setAttribute("aria-expanded", String(!this.window.hidden));
    if (this.window.hidden) return;
    const { starts, ends, scope } = this.silencing.elements;
    [starts.value, ends.value] = [local(Date.now()), local(Date.now() + 2 * HOUR_MS)];
    scope.focus();
  }

  #window() {
    const { scope, starts, ends, why } = this.silencing.elements;
    const [from, to] = [starts, ends].map((field) => Date.parse(field.value));
    ends.setCustomValidity(to > Math.max(from, Date.now()) ? "" : "The end must be after the beginning, and not over yet.");
    if (!ends.reportValidity()) return;
    const matcher = scope.value ? { name: scope.value, pattern: this.incident.labels[scope.value] } : this.#matcher(false);
    const body = { matchers: [matcher], starts: new Date(from).toISOString(), ends: new Date(to).toISOString(), comment: why.value.trim() };
    this.#do(() => post("v1/silences", body), ({ silence, state }) => (state === "pending"
      ? `Maintenance is planned from ${told(silence.starts)} to ${told(silence.ends)}: nobody will be told.`
      : `Nobody is told until ${told(silence.ends)}.`));
  }

  #scopes() {
    const { labels } = this.incident;
    // A label with a * in it would be a pattern, and keep quiet about others.
    const known = SCOPES.filter(([label]) => labels[label] && !labels[label].includes("*"));
    const scope = this.silencing.elements.scope;
    if (scope.length) return;
    scope.replaceChildren(make("option", { value: "" }, "this link alone"),
      ...known.map(([label, words]) => make("option", { value: label }, `${words} ${labels[label].slice(0, 60)}`)));
  }

  #silence(silence) {
    return make("p", { class: "quiet-now" }, make("span", {}, "Quiet until ", timeElement(silence.ends), ", by ", name(silence.by || "somebody")),
      make("button", { type: "button", class: "quiet", disabled: !this.mayOperate, onclick: () => this.#end(silence) }, "End it now"));
  }

  #end(silence) {
    this.#do(() => remove(way`v1/silences/${silence.silence}`), () => "The silence is over: what is open is told again.");
  }
}

function local(ms) {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
