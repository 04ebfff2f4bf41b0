"""The page of logs and queries: a form that makes queries, and the command lines that ask the same."""

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.commands.log_lines import LEVELS
from satark.analytics.console.shell import View, page_route, respond
from satark.analytics.web.route import Route

SECTION = "logs"
LAST = ("10m", "1h", "6h", "1d", "7d", "30d")
SIMPLE = {name: number for name, number in LEVELS.items() if 0 <= number <= 7}  # noqa: PLR2004 - syslog's severities
"""Severities by name; a UVE has one of its own."""


def routes() -> tuple[Route, ...]:
    """Return the route of the page."""

    async def page(request: Request) -> Response:
        return respond(request, view())

    return (page_route("logs", page, "Logs, statistics, flows and sessions: queries, and what they answer."),)


def view() -> View:
    """Return the page."""
    values = {"levels": [name.removeprefix("SYS_").lower() for name in SIMPLE], "last": LAST}
    data = {"levels": {name.removeprefix("SYS_").lower(): number for name, number in SIMPLE.items()}}
    return View(
        template="logs.html.j2", title="Logs & queries", section=SECTION, module="logs", values=values, data=data
    )
