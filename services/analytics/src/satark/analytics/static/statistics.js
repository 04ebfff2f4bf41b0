// An object's statistics as charts: each number that daemons tell of it, with what is normal for it and its incidents.

import { get } from "./api.js";
import { Chart } from "./chart.js";
import { address, make, nothing, sorry } from "./page.js";
import { behind } from "./spans.js";

const SPANS_S = { "1h": 3600, "6h": 21_600, "24h": 86_400, "7d": 604_800 };
const KIND = "uve-statistic";
const MOST_ROWS = 1000;
const MOST_CHARTS = 12;

/** Let a form choose a statistic and a time, and show its numbers of one object in a place. */
export async function statistics(form, place, object, structs) {
  let rows;
  try {
    const { links } = await get("v1/links", { kind: KIND, label: `name=${object}`, limit: MOST_ROWS });
    // In a label's pattern an asterisk of the name stands for any text.
    rows = links.filter(({ labels }) => labels.name === object && structs.includes(labels.statistic));
  } catch (problem) {
    place.className = "";
    return sorry(place, problem);
  }
  place.className = "";
  if (!rows.length) {
    form.hidden = true;
    return nothing(place, "There are no statistics of it", "Attributes that a daemon's IDL marks with tags are kept as statistics; nobody has sent such for this object's structs.");
  }
  const names = [...new Set(rows.map(nameOf))].sort();
  form.table.append(...names.map((each) => make("option", { value: each }, each)));
  form.table.disabled = false;
  form.table.value = names.includes(address.get("stat")) ? address.get("stat") : nameOf(latest(rows));
  if (address.get("last") in SPANS_S) form.last.value = address.get("last");
  let asking = new AbortController();
  const show = () => {
    asking.abort();
    asking = new AbortController();
    return charts(place, rows.filter((each) => nameOf(each) === form.table.value), form.last.value, asking.signal);
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => { address.keep({ stat: form.table.value, last: form.last.value }); show(); });
  return show();
}

const nameOf = ({ labels }) => `${labels.statistic}.${labels.attribute}`;

function latest(rows) {
  return rows.reduce((one, other) => (other.last_seen > one.last_seen ? other : one));
}

/** Show a chart of each number of some rows of one statistic. */
async function charts(place, rows, last, signal) {
  const since = new Date(Date.now() - 1000 * SPANS_S[last]).toISOString();
  const parts = rows.filter((each) => each.last_seen >= since)
    .flatMap((row) => Object.keys(row.last_sample?.metrics || {}).map((metric) => ({ row, metric })));
  if (!parts.length) return nothing(place, "Nothing came of it in this time", "A longer time, or another statistic, may have some.");
  place.replaceChildren();
  place.classList.add("charts");
  const shown = parts.slice(0, MOST_CHARTS);
  await Promise.all(shown.map(({ row, metric }) => one(place.appendChild(make("div")), row, metric, rows.length > 1, last, signal)));
  if (parts.length > shown.length && !signal.aborted) {
    place.append(make("p", { class: "soft" }, `${shown.length} of ${parts.length} numbers are shown; `, make("code", {}, "satark stats"), " has all."));
  }
  return undefined;
}

async function one(place, row, metric, isOneOfMany, last, signal) {
  const title = `${metric.split(".").slice(1).join(".") || metric}${isOneOfMany ? `, ${whose(row)}` : ""}`;
  const chart = new Chart(place, { title, group: "statistics", height: 150 });
  try {
    const series = await get("v1/series", { entity: row.entity, metric, last }, { signal });
    chart.show(series, behind(series));
  } catch (error) {
    if (error.name === "AbortError") return;
    const said = make("div");
    sorry(said, error);
    chart.say(said.firstChild);
  }
}

const ORIGIN = new Set(["source", "node_type", "module", "instance", "statistic", "attribute", "name"]);

/** Say which of several rows of a statistic one is: its tags, and who told it. */
function whose({ labels }) {
  const tags = Object.entries(labels).filter(([name]) => !ORIGIN.has(name)).map(([, value]) => value);
  return [...tags, `${labels.module} on ${labels.source}`].join(", ");
}
