// What narrows the table down: a text, words, states, and the order. All of it is in the page's address.

import { STATES, WORDS } from "./fleet-model.js";
import { address, make } from "./page.js";

const DOWN_FIRST = new Set(["latency_ms_rx", "latency_ms_tx", "jitter", "loss", "age"]);
const FIRST = { by: "state", down: false };

/** The fields, chips and column heads of the page; `changed` is called when any of them is. */
export class Filters {
  #form;
  #chips;
  #heads;
  #changed;

  constructor({ form, chips, heads, changed }) {
    this.#form = form;
    this.#chips = new Map([...chips.querySelectorAll("button")].map((chip) => [chip.dataset.state, chip]));
    this.#heads = [...heads.querySelectorAll("[data-by]")];
    this.#changed = changed;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => { this.#keep(); changed(); });
    form.addEventListener("reset", () => requestAnimationFrame(() => { this.#press(new Set()); this.#keep(); changed(); }));
    form.elements.text.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.target.value = ""; this.#keep(); changed(); } });
    for (const [state, chip] of this.#chips) chip.addEventListener("click", () => this.#toggle(state));
    for (const head of this.#heads) head.querySelector("button").addEventListener("click", () => this.#turn(head.dataset.by));
    addEventListener("popstate", () => { this.#restore(); changed(); });
    this.#restore();
  }

  /** What links must be: a text, words by their column. */
  get wanted() {
    return Object.fromEntries(["text", ...Object.keys(WORDS)].map((name) => [name, this.#form.elements[name].value.trim()]));
  }

  /** The states that are wanted; none: all. */
  get states() {
    return new Set([...this.#chips].filter(([state, chip]) => state && chip.getAttribute("aria-pressed") === "true").map(([state]) => state));
  }

  get any() {
    return this.states.size > 0 || Object.values(this.wanted).some(Boolean);
  }

  /** Offer the words of the columns, once somebody looks for them. */
  offer(fleet) {
    for (const [name, column] of Object.entries(WORDS)) {
      const list = document.getElementById(`${name}-words`);
      list.replaceChildren();
      this.#form.elements[name].addEventListener("focus", () => {
        list.replaceChildren(...fleet.links[column].words.filter(Boolean).map((word) => make("option", { value: word })));
      }, { once: true });
    }
  }

  /** Write how many links there are of each state. */
  count(counts) {
    const all = STATES.reduce((sum, state) => sum + counts[state], 0);
    for (const [state, chip] of this.#chips) chip.querySelector("b").textContent = (state ? counts[state] : all).toLocaleString();
  }

  #toggle(state) {
    const states = this.states;
    if (!state) states.clear();
    else if (!states.delete(state)) states.add(state);
    this.#press(states);
    this.#keep();
    this.#changed();
  }

  #turn(by) {
    const same = this.order.by === by;
    this.#sort(same ? { by, down: !this.order.down } : { by, down: DOWN_FIRST.has(by) });
    this.#keep();
    this.#changed();
  }

  #press(states) {
    for (const [state, chip] of this.#chips) chip.setAttribute("aria-pressed", String(state ? states.has(state) : !states.size));
  }

  #sort(order) {
    this.order = order;
    for (const head of this.#heads) head.setAttribute("aria-sort", head.dataset.by !== order.by ? "none" : order.down ? "descending" : "ascending");
  }

  #keep() {
    const { by, down } = this.order;
    const sort = by === FIRST.by && !down ? "" : `${down ? "-" : ""}${by}`;
    address.keep({ ...this.wanted, state: [...this.states].join(","), sort });
  }

  #restore() {
    for (const name of ["text", ...Object.keys(WORDS)]) this.#form.elements[name].value = address.get(name);
    this.#press(new Set(address.get("state").split(",").filter((state) => STATES.includes(state))));
    const sort = address.get("sort");
    const by = sort.replace(/^-/, "");
    this.#sort(this.#heads.some((head) => head.dataset.by === by) ? { by, down: sort.startsWith("-") } : FIRST);
  }
}
