"""The first page: all links, each a row with a day of its latency. Its module asks `/v1/fleet` and the stream of incidents."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.console.shell import View, page_route, respond
from satark.analytics.web.route import Parameter, Route

REFRESH_S = 60

STATES = ("degraded", "offline", "no-data", "learning", "ok")
"""The worst first, as the rows are at first."""

WORDS = ("orchestrator", "enterprise", "site", "provider")
COLUMNS = (
    ("state", "State", "how"),
    ("name", "Link", "name"),
    ("provider", "Provider", "isp"),
    ("latency_ms_rx", "Latency, download", "latency"),
    ("latency_ms_tx", "Latency, upload", "latency"),
    ("jitter", "Jitter", "number"),
    ("loss", "Loss", "number"),
    ("age", "Age", "number"),
)
"""What rows can be ordered by, the column's title, and its kind."""

_TEXT = {"type": "string", "maxLength": 1024}
PARAMETERS = (
    Parameter("text", "Only links of which some name holds these words.", _TEXT),
    *(Parameter(name, f"Only links whose {name} is this, or holds it.", _TEXT) for name in WORDS),
    Parameter("state", f"Only links that are so, separated by commas: {', '.join(STATES)}.", _TEXT),
    Parameter("sort", f"The order, from high to low with `-`: {', '.join(by for by, _, _ in COLUMNS)}.", _TEXT),
)


class Shown(Struct, frozen=True, kw_only=True):
    """What the page's module begins with."""

    refresh_s: int


def routes() -> tuple[Route, ...]:
    """Return the route of the page."""

    async def page(request: Request) -> Response:
        return respond(request, view())

    return (page_route("", page, "All links as they are now.", parameters=PARAMETERS),)


def view() -> View:
    """Return the page: it is the same for everybody, and its rows are asked for."""
    values = {"states": STATES, "words": WORDS, "columns": COLUMNS}
    return View(
        template="fleet.html.j2",
        title="Links",
        section="",
        module="fleet",
        values=values,
        data=Shown(refresh_s=REFRESH_S),
    )
