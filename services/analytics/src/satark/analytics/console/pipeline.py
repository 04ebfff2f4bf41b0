"""The page of the pipeline: who is connected, how old data is, who lags, what was dropped, and what to do about it."""

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.console.shell import View, page_route, respond
from satark.analytics.web.route import Route

SECTION = "pipeline"


def routes() -> tuple[Route, ...]:
    """Return the route of the page."""

    async def page(request: Request) -> Response:
        return respond(request, view())

    return (page_route("pipeline", page, "The pipeline from sources to the store, and what is not well in it."),)


def view() -> View:
    """Return the page; what it shows takes a check, and comes when that is done."""
    return View(template="pipeline.html.j2", title="Pipeline", section=SECTION, module="pipeline", values={})
