// What a stream tells is in the store only some moments later: a page that shows what the store has asks until it is there.

/** Rows wait up to a second for others to be inserted with (SATARK_ANALYTICS_BATCH_WAIT_S), on a busy machine longer. */
const PAUSES_MS = [400, 1000, 1000, 2000, 3000, 3000];

/**
 * Return what is to hear each event of incidents. `work` is then done, and again until `has` says of all events that
 * they are shown, or until no more can be expected: a filter may hide them.
 */
export function late(work, has) {
  const expected = new Map();
  let tries = 0;
  let working = false;
  const catchUp = async () => {
    working = true;
    while (expected.size) {
      await new Promise((done) => { setTimeout(done, PAUSES_MS[tries]); });
      tries += 1;
      await work();
      for (const [incident, event] of expected) if (has(event)) expected.delete(incident);
      if (tries >= PAUSES_MS.length) expected.clear();
    }
    working = false;
  };
  return (event) => {
    expected.set(event.incident, event);
    tries = 0;
    if (!working) catchUp();
  };
}
