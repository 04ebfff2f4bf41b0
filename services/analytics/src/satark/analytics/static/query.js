// Queries of /analytics/query: asked, with how far they are, and fetched when they are over.

import { get, post, Problem, url } from "./api.js";

const QUICK_MS = 400;
const POLL_MS = [250, 500, 1000, 1000, 2000];

/** Return the rows that a query answers. `progress` is told the percentage of one that takes long. Throws Problem. */
export async function ask(query, { signal, progress = () => {} }) {
  const href = await begun(query, signal);
  for (let turn = 0; ; turn += 1) {
    const told = await get(path(href), undefined, { signal });
    if (told.progress < 0) return fetched(href, signal);
    if (told.progress >= 100) return (await get(path(told.chunks[0].href), undefined, { signal })).value;
    if (turn) progress(told.progress);
    await pause(POLL_MS[Math.min(turn, POLL_MS.length - 1)], signal);
  }
}

/** Return the rows of a query that is asked and answered at once, such as one of the last few seconds. */
export async function askNow(query) {
  return (await post("analytics/query", query)).value;
}

async function begun(query, signal) {
  const response = await fetch(url("analytics/query"), {
    method: "POST", credentials: "same-origin", signal, body: JSON.stringify(query),
    headers: { "Content-Type": "application/json", "Postman-Expect": "202-accepted" },
  }).catch((error) => { throw error.name === "AbortError" ? error : new Problem(0, { detail: "The server cannot be reached." }); });
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, told);
  return told.href;
}

/** Ask for the answer of a query that failed: that tells why. */
async function fetched(href, signal) {
  return (await get(`${path(href)}/chunk-final/0`, undefined, { signal })).value;
}

/** The server's own links have its own address, and we may be behind a proxy. */
function path(href) {
  const at = href.indexOf("analytics/query/");
  return href.slice(at);
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.max(ms, QUICK_MS / 2));
    signal?.addEventListener("abort", () => { clearTimeout(timer); reject(new DOMException("", "AbortError")); }, { once: true });
  });
}
