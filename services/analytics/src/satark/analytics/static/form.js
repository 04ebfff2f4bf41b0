// What a form of a query asks for, as the arguments of a command line. The server makes the query of them.

const OPTIONS = {
  logs: [["--level", "level"], ["--source", "source"], ["--module", "module"], ["--message-type", "message_type"], ["--node-type", "node_type"],
    ["--instance-id", "instance"], ["--category", "category"], ["--trace", "trace"], ["--text", "text"]],
  objects: [["--object-type", "object_type"], ["--object-id", "object_id"], ["--source", "object_source"], ["--module", "object_module"],
    ["--message-type", "object_message_type"], ["--text", "object_text"]],
  stats: [["--table", "stat_table"], ["--select", "stat_select", "words"], ["--where", "where"], ["--sort", "sort", "words"]],
  flows: [["--vrouter", "vrouter"], ["--source-vn", "source_vn"], ["--source-ip", "source_ip"], ["--destination-vn", "destination_vn"],
    ["--destination-ip", "destination_ip"], ["--protocol", "protocol"], ["--destination-port", "destination_port"]],
  sessions: [["--table", "session_table"], ["--session-type", "session_type"], ["--select", "session_select", "words"], ["--where", "where"],
    ["--filter", "filter"], ["--sort", "sort", "words"]],
};
const COMMANDS = { objects: "logs" };
const NEWEST_FIRST = new Set(["logs", "objects"]);

/** The fields of a kind of question, by name; `kind` and times go with all. */
export const fieldsOf = (kind) => (OPTIONS[kind] || []).map(([, field]) => field);

/**
 * Return the words of the command line, its name first. `values` has the form's by name. With `following` it is without a
 * time. A value that begins with a hyphen is joined to its option, or it would be one itself.
 */
export function argumentsOf(values, { following = false } = {}) {
  const { kind } = values;
  const words = [COMMANDS[kind] || kind];
  for (const [option, field, form] of OPTIONS[kind]) {
    const value = (values[field] || "").trim();
    if (!value) continue;
    if (form === "words") words.push(option, ...split(value));
    else if (value.startsWith("-")) words.push(`${option}=${value}`);
    else words.push(option, value);
  }
  if (values.descending && ["stats", "sessions"].includes(kind)) words.push("--descending");
  if (following) return [...words, "--tail"];
  if (values.last) words.push("--last", values.last);
  else words.push(...bound("--start-time", values.start), ...bound("--end-time", values.end));
  if (NEWEST_FIRST.has(kind)) words.push("--reverse");
  if (Number(values.limit) > 0) words.push("--limit", String(Math.trunc(Number(values.limit))));
  return words;
}

/** A time of the form is the reader's; a command line elsewhere may be in another zone: microseconds are the same everywhere. */
function bound(option, local) {
  const time = Date.parse(local || "");
  return Number.isNaN(time) ? [] : [option, `${time}000`];
}

/** Return the words of a list of columns, separated by spaces or commas; what is in parentheses stays together. */
export function split(text) {
  return text.match(/[^\s,()]*\([^)]*\)|[^\s,]+/g) || [];
}
