// A chart of one metric: what was measured, what was normal, what was wrong. uPlot, in the page's colours.
// The page has <script src=".../static/uplot.js"> before its module, and uplot.css and chart.css.
/* global uPlot */

import { colour, painting } from "./chart-paint.js";
import { make } from "./page.js";
import { told } from "./times.js";
import { judged, number, short } from "./words.js";

const COLUMNS = ["high", "low", "centre", "limit", "max", "value"];
const DATES = [
  [86400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [3600, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
  [60, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
];
const charts = new Set();

/**
 * A chart in a place. Options: title, unit, colour ("rx", "tx"), height in px, group (charts of one group have one cursor),
 * zoomed(fromMs, toMs): the reader chose a part. What it shows comes by `show`.
 */
export class Chart {
  constructor(place, { title, unit = "", colour: line = "rx", height = 180, group = "charts", zoomed = () => {} }) {
    Object.assign(this, { title, unit, line, height, group, zoomed });
    this.spans = [];
    this.legend = make("p", { class: "chart-legend", "aria-live": "off" }, "\u00a0");
    this.plot = make("div", { class: "chart-plot wait", tabindex: "0", role: "img", "aria-label": title });
    this.plot.style.height = `${height}px`;
    place.replaceChildren(make("figure", { class: "chart" },
      make("figcaption", {}, make("h3", {}, title), this.legend), this.plot));
    this.plot.addEventListener("keydown", (event) => this.#pressed(event));
    this.plot.addEventListener("focus", () => this.legend.setAttribute("aria-live", "polite"));
    this.plot.addEventListener("blur", () => this.legend.setAttribute("aria-live", "off"));
    this.watching = new ResizeObserver(() => this.#fit());
    this.watching.observe(this.plot);
    charts.add(this);
  }

  /**
   * Show a series of /v1/series (or anything like it: start, end, times, values, baseline), with spans behind it:
   * { from, to (seconds; to null: still), kind: "incident", "other" or "quiet" }.
   */
  show(series, spans = []) {
    this.series = series;
    this.spans = spans;
    this.from = Date.parse(series.start) / 1000;
    this.to = Date.parse(series.end) / 1000;
    const { values, baseline: normal } = series;
    const none = series.times.map(() => null);
    this.columns = {
      high: normal?.high || none, low: normal?.low || none, centre: normal?.centre || none, limit: normal?.limit || none,
      max: values.max || none, value: values.avg || values.raw || values.p95 || none,
    };
    // A bin is drawn at its middle: there its mean is nearest to what was.
    this.times = series.times.map((time) => Date.parse(time) / 1000 + series.step_s / 2);
    const table = [this.times, ...COLUMNS.map((name) => this.columns[name])];
    this.plot.classList.remove("wait");
    if (this.u) {
      this.u.setData(table, false);
      this.u.setScale("x", { min: this.from, max: this.to });
    } else {
      this.plot.replaceChildren();
      this.u = new uPlot(this.#options(), table, this.plot);
    }
    this.#say(null);
  }

  /** Show something else in the place of the lines, for example that there are none. */
  say(element) {
    this.u?.destroy();
    this.u = undefined;
    this.plot.classList.remove("wait");
    this.plot.replaceChildren(element);
    this.legend.textContent = "\u00a0";
  }

  #options() {
    const axis = { stroke: () => colour("--soft"), font: "12px system-ui", ticks: { stroke: () => colour("--line"), width: 1, size: 5 } };
    const grid = { stroke: () => colour("--line"), width: 1 };
    const line = (shown) => ({ points: { show: false, filter: alone, size: 5 }, spanGaps: false, ...shown });
    return {
      width: this.#width(), height: this.height, padding: [8, 18, 0, 0], legend: { show: false },
      cursor: { y: false, sync: { key: this.group, setSeries: false, filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } }, drag: { x: true, y: false, setScale: false, dist: 5 }, points: { size: 7 } },
      scales: { x: { time: true, range: () => [this.from, this.to] }, y: { range: () => [0, this.#top()] } },
      axes: [
        { ...axis, grid: { show: false }, values: DATES, space: 62, size: 40 },
        { ...axis, grid, size: 52, space: 34, values: (_, splits) => splits.map((each) => short(each)) },
      ],
      bands: [{ series: [1, 2], fill: () => colour(this.line === "tx" ? "--band-tx" : "--band") }],
      series: [
        {},
        line({ width: 0, points: { show: false } }), line({ width: 0, points: { show: false } }),
        line({ stroke: () => colour("--edge"), width: 1, dash: [2, 3], points: { show: false } }),
        line({ stroke: () => colour("--bad"), width: 1.2, dash: [6, 4], points: { show: false } }),
        line({ stroke: () => colour(`--${this.line}`), width: 0.6, alpha: 0.7, points: { show: false } }),
        line({ stroke: () => colour(`--${this.line}`), width: 1.7 }),
      ],
      hooks: {
        drawClear: [painting(() => this.spans)],
        setCursor: [(plot) => this.#say(plot.cursor.left < 0 ? null : plot.cursor.idx)],
        setSelect: [(plot) => this.#chosen(plot)],
      },
    };
  }

  #top() {
    const highest = (name) => this.columns[name].reduce((most, each) => (each > most ? each : most), 0);
    const seen = Math.max(highest("value"), highest("max"), highest("high"));
    const limit = highest("limit");
    // A limit far above all that was seen would press the lines flat; the legend still names it.
    return 1.12 * (limit && limit < 3 * seen ? Math.max(seen, limit) : seen) || 1;
  }

  #say(at) {
    let index = at;
    if (index === null || index === undefined) index = this.columns.value.findLastIndex((each) => each !== null);
    const is = (name) => this.columns[name][index] ?? null;
    const time = this.times[index];
    if (time === undefined || index < 0) {
      this.legend.replaceChildren(make("span", { class: "state no-data" }, "nothing was measured in this time"));
      return;
    }
    const found = this.series.baseline ? judged({ value: is("value"), low: is("low"), high: is("high"), limit: is("limit") }, this.unit)
      : { text: "", mood: "none" };
    const begin = new Date(1000 * (time - this.series.step_s / 2)).toISOString();
    this.legend.replaceChildren(make("time", { datetime: begin }, told(begin)), " ",
      make("b", {}, number(is("value"), this.unit)), " ", make("span", { class: `judged ${found.mood}` }, found.text));
    const words = `${this.title}: ${told(begin)} ${number(is("value"), this.unit)}${found.text && `, ${found.text}`}`;
    this.plot.setAttribute("aria-label", words);
  }

  #chosen(plot) {
    const { left, width } = plot.select;
    if (width < 5) return;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.zoomed(1000 * from, 1000 * to);
  }

  #pressed(event) {
    if (!this.u || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.times.length - 1;
    const at = this.u.cursor.idx ?? last;
    const middle = this.times[at] ?? (this.from + this.to) / 2;
    const zoom = (by) => this.zoomed(1000 * (middle - (middle - this.from) * by), 1000 * (middle + (this.to - middle) * by));
    const deeds = {
      ArrowLeft: () => this.#point(at - (event.shiftKey ? 10 : 1)), ArrowRight: () => this.#point(at + (event.shiftKey ? 10 : 1)),
      Home: () => this.#point(0), End: () => this.#point(last), "+": () => zoom(0.5), "-": () => zoom(2),
    };
    if (!deeds[event.key]) return;
    event.preventDefault();
    deeds[event.key]();
  }

  #point(index) {
    const time = this.times[Math.min(this.times.length - 1, Math.max(0, index))];
    this.u.setCursor({ left: this.u.valToPos(time, "x"), top: 10 }, true, true);
  }

  #width() {
    return Math.max(120, Math.floor(this.plot.clientWidth));
  }

  #fit() {
    if (this.u && this.u.width !== this.#width()) this.u.setSize({ width: this.#width(), height: this.height });
  }
}

/** Return the values of a line that have none beside them: without a point they would not be seen. */
function alone(plot, number) {
  const line = plot.data[number];
  const found = [];
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] !== null && (line[at - 1] ?? null) === null && (line[at + 1] ?? null) === null) found.push(at);
  }
  return found;
}

const repaint = () => { for (const each of charts) each.u?.redraw(false, false); };
document.addEventListener("themed", repaint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
