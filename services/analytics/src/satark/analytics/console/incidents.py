"""The list of incidents: those that are open first, with their groups. Its module asks `/v1` for all that it shows."""

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.console.shell import View, page_route, respond
from satark.analytics.web.route import Route

SEVERITIES = ("critical", "major", "minor", "warning")
SINCE = (("24h", "24 hours"), ("7d", "7 days"), ("28d", "4 weeks"), ("", "all that is kept"))
"""How far back those go that are over, as `last` has it, and in words."""


def routes() -> tuple[Route, ...]:
    """Return the route of the page."""
    return (page_route("incidents", _page, "Incidents: what is open, and what was."),)


async def _page(request: Request) -> Response:
    values = {"severities": SEVERITIES, "since": SINCE}
    return respond(
        request,
        View(template="incidents.html.j2", title="Incidents", section="incidents", module="incidents", values=values),
    )
