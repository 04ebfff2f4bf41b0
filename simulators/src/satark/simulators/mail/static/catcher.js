// Swaps the list for a newer one every two seconds; the server answers 304 while nothing has changed.
"use strict";
let tag = null;
async function refresh() {
  try {
    const answer = await fetch("/", { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 200) {
      tag = answer.headers.get("ETag");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("main");
      if (fresh) {
        document.getElementById("main").replaceWith(fresh);
        document.title = page.title;
      }
    }
  } catch {
    // the catcher is away; it may come back
  }
  setTimeout(refresh, 2000);
}
refresh();
