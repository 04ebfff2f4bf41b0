// Command lines as a POSIX shell reads them.

/** Return a word that a shell takes for itself and nothing else. */
export function quoted(word) {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Return a command line of words; those that are null are left out. */
export function line(words) {
  return words.filter((word) => word !== null && word !== undefined).map(quoted).join(" ");
}
