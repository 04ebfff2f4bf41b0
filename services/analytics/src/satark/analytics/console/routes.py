"""All pages of the console as routes."""

from satark.analytics.console import fleet, incident, incidents, link, logs, objects, pipeline
from satark.analytics.routes.v1.asked import Now
from satark.analytics.routes.v1.questions.fleet_told import StateOf
from satark.analytics.store.statement import Reader
from satark.analytics.uves.browsing import Browser
from satark.analytics.web.route import Route
from satark.runtime.said import Said


def routes(store: Reader, said: Said, browser: Browser, state_of: StateOf, *, now: Now) -> tuple[Route, ...]:
    """Return the routes of all pages.

    `said` knows what people said of incidents, `browser` which objects there are, `state_of` how links are for their pollers.
    """
    return (
        *fleet.routes(),
        *link.routes(store, said, state_of, now=now),
        *incidents.routes(),
        *incident.routes(store, said, now=now),
        *objects.routes(browser),
        *logs.routes(),
        *pipeline.routes(),
    )
