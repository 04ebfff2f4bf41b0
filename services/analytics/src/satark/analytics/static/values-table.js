// The values of charts as a table: for readers of the screen, and to copy.

import { make } from "./page.js";
import { timeElement } from "./times.js";
import { metric as words, number, short } from "./words.js";

const MOST = 600;

/** Return a table of series of the same times, the youngest row first; each value with its normal, and a mark beyond it. */
export function valuesTable(series) {
  const times = series[0]?.times || [];
  const heads = series.map((each) => make("th", { scope: "col", class: "number" }, words(each.metric).title));
  const rows = [];
  for (let at = times.length - 1; at >= 0 && rows.length < MOST; at -= 1) {
    rows.push(make("tr", {}, make("th", { scope: "row" }, timeElement(times[at])), ...series.map((each) => cell(each, times[at], at))));
  }
  return make("table", {}, make("caption", { class: "small soft" }, "Mean of each step, and what was normal for it"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Time"), ...heads)), make("tbody", {}, ...rows));
}

function cell(series, time, guess) {
  const at = series.times[guess] === time ? guess : series.times.indexOf(time);
  const value = (series.values.avg || series.values.raw)?.[at] ?? null;
  const { high, low } = series.baseline || {};
  const known = (high?.[at] ?? null) !== null;
  const text = value === null ? "not measured" : number(value, words(series.metric).unit);
  const normal = known ? ` (${short(Math.max(0, low[at]))}–${short(high[at])})` : "";
  return make("td", { class: "number" }, value !== null && known && value > high[at] ? make("b", {}, text) : text,
    make("span", { class: "soft" }, normal));
}
