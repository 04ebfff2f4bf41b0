// One event stream for a page, and the light in the page's head that says whether it is on.

import { url } from "./api.js";

const WORDS = { on: "live", off: "not live", lost: "reconnecting" };

/** Say in the head of the page how live it is: on, off or lost. */
export function light(state) {
  const element = document.getElementById("live");
  element.dataset.state = state;
  element.querySelector(".words").textContent = WORDS[state];
}

/**
 * Listen to a stream of /v1. `update` gets each update's data; `loaded` is called after the dump, and again after each time
 * the stream began anew, with whether it did (what was shown before may then be gone). Returns what closes it.
 */
export function listen(path, parameters, { update, loaded = () => {} }) {
  const source = new EventSource(url(path, parameters));
  let again = false;
  source.addEventListener("init", () => light("on"));
  source.addEventListener("resumed", () => light("on"));
  source.addEventListener("update", (event) => update(JSON.parse(event.data)));
  source.addEventListener("end-of-dump", () => { loaded(again); again = true; });
  source.addEventListener("error", () => light(source.readyState === EventSource.CLOSED ? "off" : "lost"));
  const close = () => { source.close(); light("off"); };
  addEventListener("pagehide", close, { once: true });
  return close;
}

/** Call a function now and then while the page is looked at; at once when it is looked at again. Returns what ends it. */
export function every(seconds, work) {
  let timer = 0;
  const go = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    await work();
    timer = setTimeout(go, seconds * 1000);
  };
  document.addEventListener("visibilitychange", go);
  go();
  return () => { clearTimeout(timer); document.removeEventListener("visibilitychange", go); };
}
