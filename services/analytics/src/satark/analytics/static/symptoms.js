// The symptoms of an incident, in the order in which they are told.

/** Return symptoms with the worst first, and those that are over last: in this order they are told. */
export function worstFirst(symptoms) {
  return [...symptoms].sort((a, b) => Number(b.active) - Number(a.active) || b.distance - a.distance);
}
