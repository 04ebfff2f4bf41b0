// One object: its state beside what each generator says, its alarms, and what changes in it while one looks.

import { alarmed, alarmElement } from "./alarms.js";
import { get, way } from "./api.js";
import { asking } from "./ask.js";
import { changesOf } from "./changes.js";
import { listen } from "./live.js";
import { data, make, name, nothing, sorry } from "./page.js";
import { statistics } from "./statistics.js";
import { show as showTime, timeElement } from "./times.js";
import { brief, valueElement } from "./values.js";
import { wide } from "./wide.js";

const places = Object.fromEntries(["state", "alarms", "alarm-list", "structs", "log"].map((id) => [id, document.getElementById(id)]));
const FEW = 4;

let before = new Map();
let begun = false;

/** Show a value's generators: that they agree, or who says what. */
function said(attribute, generators) {
  const { said: values } = attribute;
  if (values.length === 1 && values[0].generators.length === generators) {
    return make("span", { class: "soft small" }, generators === 1 ? "the only one" : `all ${generators} say so`);
  }
  const lines = values.map((each) => make("li", {}, valueElement(each.value, 1), make("span", { class: "soft small" }, ...who(each.generators))));
  const shown = make("ul", { class: "said" }, ...lines.slice(0, FEW));
  if (lines.length <= FEW) return shown;
  return make("div", {}, shown, make("details", {}, make("summary", { class: "small" }, `${lines.length - FEW} more`),
    make("ul", { class: "said" }, ...lines.slice(FEW))));
}

function who(generators) {
  const links = generators.slice(0, FEW).flatMap((each, at) => [at ? ", " : "", generatorLink(each)]);
  return generators.length > FEW ? [...links, ` and ${generators.length - FEW} more`] : links;
}

function generatorLink(generator) {
  return make("a", { href: new URL(way`../console/objects/generator/${generator}`, import.meta.url) }, name(generator));
}

const HOW = { sum: "sum", union: "all together", append: "one after the other", counter: "counted over restarts" };

function attributeRow(struct, attribute, generators) {
  const key = `${struct}\n${attribute.name}`;
  const now = JSON.stringify([attribute.value, attribute.said]);
  const changed = begun && before.get(key) !== now;
  before.set(key, now);
  const value = attribute.agreed ? valueElement(attribute.value) : make("span", { class: "state warning" }, "they differ");
  return make("tr", { class: changed ? "changed" : null },
    make("td", {}, name(attribute.name)),
    make("td", {}, value, attribute.aggregation ? make("span", { class: "soft small" }, ` ${HOW[attribute.aggregation] || attribute.aggregation}`) : null),
    make("td", {}, said(attribute, generators)));
}

function structElement(each) {
  const heard = each.sources.map((source) => make("span", { class: "soft small" }, generatorLink(source.generator), " ", ago(source.heard)));
  const head = ["Attribute", "Together", "Each generator"].map((title) => make("th", { scope: "col" }, title));
  return make("article", { class: "struct" },
    make("h3", {}, name(each.struct), ...heard.slice(0, 12), heard.length > 12 ? make("span", { class: "soft small" }, `and ${heard.length - 12} more`) : null),
    wide("Attributes", make("table", {}, make("thead", {}, make("tr", {}, ...head)),
      make("tbody", {}, ...each.attributes.map((attribute) => attributeRow(each.struct, attribute, each.sources.length))))));
}

function ago(text) {
  const element = timeElement(text);
  element.dataset.as = "ago";
  return showTime(element);
}

function show(object) {
  places.structs.className = "";
  if (object.structs.length) places.structs.replaceChildren(...object.structs.map(structElement));
  else nothing(places.structs, "Nobody says anything of it any more", "What it was is below, as long as it is kept.");
  const { alarms } = object;
  places.alarms.hidden = !alarms.length;
  places["alarm-list"].replaceChildren(...alarms.map((each) => alarmElement(data, each, { mayOperate: data.may_operate, done: load })));
  const sources = new Set(object.structs.flatMap((each) => each.sources.map((source) => source.generator)));
  places.state.replaceChildren(alarms.length ? alarmed(alarms.length, alarms[0].severity) : make("span", { class: "state ok" }, "no alarms"),
    ` · ${sources.size} ${sources.size === 1 ? "generator" : "generators"}`);
  begun = true;
  return [...sources];
}

let loading = null;

/** Ask for the object and show it; what changes while the answer is under way is asked for once more. */
function load() {
  loading ??= (async () => {
    try {
      const object = await get(way`v1/objects/${data.table}/${data.name}`);
      const sources = show(object);
      return { object, sources };
    } catch (problem) {
      places.structs.className = "";
      if (problem.status === 404) show({ structs: [], alarms: [] });
      else sorry(places.structs, problem);
      return null;
    } finally {
      loading = null;
    }
  })();
  return loading;
}

let waiting = 0;
function changed() {
  clearTimeout(waiting);
  waiting = setTimeout(load, 250);
}

/** Return who can be asked of the object, its own daemons first: those on the host that it is. */
function toAsk(sources) {
  const own = (generator) => Number(generator.split(":")[0] === data.name);
  return [...sources].sort((one, other) => own(other) - own(one));
}

const first = await load();
asking(document.getElementById("ask"), data.generator ? [data.name] : toAsk(first?.sources || []), { mayOperate: data.may_operate });
listen("v1/stream/uves", { tablefilt: data.table, kfilt: data.name }, { update: changed, loaded: (again) => again && changed() });
changesOf(places.log, data, brief);
statistics(document.getElementById("stats-form"), document.getElementById("charts"), data.name, first?.object.structs.map((each) => each.struct) || []);
