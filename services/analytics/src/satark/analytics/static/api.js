// Requests of the REST API of the same server, wherever a proxy has put it.

const ROOT = new URL("../", import.meta.url);
// Who opens a page by an address with a name and a password in it: the browser knows them, and asks for none with them.
ROOT.username = ROOT.password = "";

/** What the server says of a request that it does not do (RFC 9457). */
export class Problem extends Error {
  constructor(status, told) {
    super(told.detail || told.title || `the server answered ${status}`);
    this.status = status;
    this.code = told.code || "";
  }

  /** What the reader can do about it. */
  get advice() {
    if (this.status === 401 || this.status === 403) return "Log in as somebody who may do this.";
    if (this.status === 404) return "It may have been removed since, or be too old to be kept.";
    if (this.status === 429) return "Too many requests; wait a moment.";
    if (this.status === 503) return "The store or Kafka does not answer. This page tries again by itself; Pipeline says what is wrong.";
    if (this.status === 0) return "Is Satark running, and the network there? This page tries again by itself.";
    return "The log of analytics has more, under the request's id.";
  }
}

/** Return the URL of a path below the server's root; parameters without a value are left out, lists are repeated. */
export function url(path, parameters = {}) {
  const found = new URL(path, ROOT);
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of [value].flat()) if (each !== undefined && each !== null && each !== "") found.searchParams.append(name, each);
  }
  return found;
}

/** Return a path with names in it, each as one piece: way`console/links/${key}`. */
export function way(texts, ...names) {
  return String.raw({ raw: texts }, ...names.map((name) => encodeURIComponent(name).replaceAll("%2F", "/").replaceAll("%3A", ":")));
}

/** Return what a GET answers. Throws Problem. */
export function get(path, parameters, { signal } = {}) {
  return ask(url(path, parameters), { signal });
}

/** Return what a POST of JSON answers. Throws Problem. */
export function post(path, body) {
  return ask(url(path), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/** Return what a DELETE answers. Throws Problem. */
export function remove(path) {
  return ask(url(path), { method: "DELETE" });
}

async function ask(where, options) {
  let response;
  try {
    response = await fetch(where, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "The server cannot be reached." });
  }
  const text = await response.text();
  let told = {};
  try { told = text ? JSON.parse(text) : {}; } catch { told = { detail: `the server answered ${response.status}` }; }
  if (!response.ok) throw new Problem(response.status, told);
  return told;
}
