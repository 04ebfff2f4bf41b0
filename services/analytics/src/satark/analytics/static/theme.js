// Runs before anything is drawn, so that no page flashes in the wrong colours.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("satark.theme"); } catch { /* no storage: as the system */ }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
