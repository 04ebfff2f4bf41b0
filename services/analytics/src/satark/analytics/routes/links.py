"""The lists of links at `/`, `/analytics` and `/v1`: what there is, and where."""

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.web.answers import answer
from satark.analytics.web.route import Answer, Route

CONTRAIL = ("uves", "uve-types", "tables", "queries", "alarms", "uve-stream", "alarm-stream")
"""In this order Contrail's list has them (analytics.md 2.3)."""

LISTS = ("/", "/analytics", "/v1")

LINKS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "href"],
        "properties": {"name": {"type": "string"}, "href": {"type": "string"}},
    },
}


def routes(others: Callable[[], Iterable[Route]]) -> tuple[Route, ...]:
    """Return the routes of the lists. `others` gives all other routes when the first list is asked for."""

    def listing(path: str) -> Route:
        async def serve(request: Request) -> Response:
            base = str(request.base_url).rstrip("/")
            found = LISTS[1:] if path == "/" else below(path, others())
            return answer(request, [{"name": one.rpartition("/")[2], "href": f"{base}{one}"} for one in found])

        return Route(
            method="GET",
            path=path,
            handler=serve,
            summary=f"What there is below {path}.",
            answers=(Answer(200, "Names and links.", LINKS),),
            tag="links",
        )

    return tuple(listing(path) for path in LISTS)


def below(path: str, others: Iterable[Route]) -> list[str]:
    """Return the paths one step below a path that can be read as they are: Contrail's first, in its order."""
    found = {route.path for route in others if route.method == "GET" and route.path.rpartition("/")[0] == path}
    plain = {one for one in found if "{" not in one}
    known = [f"{path}/{name}" for name in CONTRAIL if f"{path}/{name}" in plain]
    return [*known, *sorted(plain - set(known))]
