// Following a log: asked again and again, each time a little further back than was seen, each row shown once.

import { post } from "./api.js";
import { light } from "./live.js";
import { askNow } from "./query.js";

const POLL_MS = 2000;
const BACK_S = 30;
const MOST_SEEN = 20_000;

/** Begin to follow what a command line means. `rows` gets what is new, the newest first; `failed` a problem. Returns what ends it. */
export function follow(words, { rows, failed }) {
  const seen = new Set();
  let begun = Date.now() - 10_000;
  let query = null;
  let timer = 0;
  let on = true;
  const turn = async () => {
    try {
      query ??= (await post("v1/queries/composed", { arguments: words })).query;
      const now = Date.now();
      const start = Math.max(begun, now - 1000 * BACK_S);
      const found = await askNow({ ...query, start_time: start * 1000, end_time: now * 1000, sort: 2 });
      if (!on) return;
      const fresh = found.filter((row) => {
        const key = JSON.stringify(row);
        return seen.has(key) ? false : seen.add(key);
      });
      if (seen.size > MOST_SEEN) { begun = now - 1000; seen.clear(); for (const row of found) seen.add(JSON.stringify(row)); }
      light("on");
      rows(fresh);
    } catch (problem) {
      if (!on) return;
      light("lost");
      failed(problem);
      if (problem.status >= 400 && problem.status < 500) return;
    }
    timer = setTimeout(turn, POLL_MS);
  };
  turn();
  return () => { on = false; clearTimeout(timer); light("off"); };
}
