"""The console: pages for people, below `/console`. What they show is what `/v1` answers.

Theory of operation. A page is a template (`templates`) around plain values; `shell` lays all of them out alike. What a page
shows first comes with it; what changes comes from `/v1` and its streams, asked by the page's own module in `static`
(plain ES modules, no build step, nothing from anywhere else). Whoever may read `/v1` may read the pages: a browser asks
its reader for a name and a password where credentials are set. What a page does (acknowledge, silence, ask a daemon) is
a request of `/v1` with a JSON body, which no other site's page can send: it would need leave (CORS), and gets none.

Names come from outside. Templates escape them, modules set them as text, and values for modules travel as JSON in which no
`<` is left. Times are UTC in all data and become the reader's own in the browser, with UTC at hand.
"""
