// The incidents of a time as a small table, each leading to its page.

import { hrefOf } from "./incident-rows.js";
import { make } from "./page.js";
import { lasting, timeElement } from "./times.js";
import { metric as words } from "./words.js";

const cell = (...children) => make("td", {}, ...children);

/** Return a table of incidents as /v1/series tells them, the youngest first. */
export function incidentTable(incidents) {
  const rows = [...incidents].reverse().map((each) => {
    const lasted = (Date.parse(each.ended_at || new Date()) - Date.parse(each.opened_at)) / 1000;
    return make("tr", { "data-row": true },
      cell(make("span", { class: `state ${each.severity}` }, each.severity)),
      cell(make("a", { href: hrefOf(each.incident) }, timeElement(each.opened_at))),
      cell(each.ended_at ? lasting(lasted) : `open, ${lasting(lasted)}`),
      cell(each.metrics.map((name) => words(name).title).join(" · ") || "a rule's alarm"));
  });
  const heads = ["Severity", "Began", "Lasted", "What"].map((title) => make("th", { scope: "col" }, title));
  return make("div", { class: "wide" },
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)));
}
