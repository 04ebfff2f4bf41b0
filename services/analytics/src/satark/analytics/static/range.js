// The time that charts show: buttons, a form of one's own, and the address, in which it is kept.

import { address } from "./page.js";
import { told } from "./times.js";

const HOUR_MS = 3_600_000;
const UNITS = { m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS, w: 168 * HOUR_MS };
const LEAST_MS = 10 * 60_000;

/**
 * The time that is shown, by the form of range.html.j2. `changed` is called after each change; `usual` is what is shown
 * where the address says nothing. Either the last so and so long, which goes on with the clock, or a time that stays.
 */
export class Range {
  constructor(form, changed, usual = "24h") {
    Object.assign(this, { form, changed, usual });
    this.own = form.querySelector(".own");
    form.addEventListener("click", (event) => this.#clicked(event.target.closest("button")));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#submitted(); });
    form.addEventListener("input", () => this.own.to.setCustomValidity(""));
    addEventListener("popstate", () => { this.#read(); this.changed(); });
    this.#read();
  }

  /** What /v1 is asked: last, or start and end. */
  get parameters() {
    return this.last ? { last: this.last } : { start: iso(this.start), end: iso(this.end) };
  }

  /** From when to when, in ms. */
  get span() {
    if (!this.last) return [this.start, this.end];
    return [Date.now() - length(this.last), Date.now()];
  }

  /** Whether what happens now is in it. */
  get live() {
    return Boolean(this.last);
  }

  /** Show another time. */
  set(from, to) {
    const middle = (from + to) / 2;
    const half = Math.max(to - from, LEAST_MS) / 2;
    this.#keep({ last: "", start: iso(middle - half), end: iso(middle + half) });
  }

  #keep(values) {
    address.keep({ last: "", start: "", end: "", ...values }, { step: true });
    this.#read();
    this.changed();
  }

  #read() {
    const [start, end] = ["start", "end"].map((key) => Date.parse(address.get(key)));
    this.last = start < end ? "" : length(address.get("last")) ? address.get("last") : this.usual;
    Object.assign(this, { start, end });
    for (const button of this.form.querySelectorAll("[data-last]")) {
      button.setAttribute("aria-pressed", String(button.dataset.last === this.last));
    }
    this.form.querySelector("[data-do=own]").setAttribute("aria-pressed", String(!this.last));
    const [from, to] = this.span;
    this.form.querySelector("output").textContent = this.last ? "" : `${told(iso(from))} to ${told(iso(to))}`;
    [this.own.from.value, this.own.to.value] = [local(from), local(to)];
  }

  #clicked(button) {
    if (!button) return;
    const [from, to] = this.span;
    const width = to - from;
    const deeds = {
      earlier: () => this.set(from - width / 2, to - width / 2), later: () => this.set(from + width / 2, to + width / 2),
      out: () => this.set(from - width / 2, Math.min(to + width / 2, Math.max(Date.now(), to))),
      own: () => { this.own.hidden = !this.own.hidden; if (!this.own.hidden) this.own.from.focus(); },
    };
    if (button.dataset.last) this.#keep({ last: button.dataset.last });
    else deeds[button.dataset.do]?.();
  }

  #submitted() {
    const [from, to] = [this.own.from, this.own.to].map((field) => Date.parse(field.value));
    this.own.to.setCustomValidity(from < to ? "" : "The end must be after the beginning.");
    if (!this.own.reportValidity()) return;
    this.own.hidden = true;
    this.set(from, to);
  }
}

function length(text) {
  const found = /^([1-9][0-9]{0,3})([mhdw])$/.exec(text);
  return found ? Number(found[1]) * UNITS[found[2]] : 0;
}

function iso(ms) {
  return new Date(Math.round(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

/** Return a time as a field for date and time has it: in the reader's zone, to the minute. */
function local(ms) {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
