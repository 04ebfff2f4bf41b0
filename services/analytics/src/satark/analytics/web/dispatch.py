"""Which route a request is for. Paths are Starlette's: `{name}` is one segment, `{name:path}` also takes slashes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any

from starlette.convertors import Convertor
from starlette.routing import compile_path

from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Route

UNKNOWN = "unknown"
"""Stands for the path of requests that no route is for: labels must be bounded."""


@dataclass(frozen=True, slots=True)
class Match:
    """The routes of a path by method, and what the path said."""

    path: str
    routes: Mapping[str, Route]
    parameters: Mapping[str, Any]

    def route(self, method: str) -> Route:
        """Return the route for a method; HEAD is GET without the body. Raises Problem (405)."""
        found = self.routes.get("GET" if method == "HEAD" else method)
        if found is None:
            allowed = ", ".join(sorted({*self.routes, *(["HEAD"] if "GET" in self.routes else [])}))
            raise Problem(
                405, "method_not_allowed", f"{self.path} does not know {method[:16]}", headers={"Allow": allowed}
            )
        return found


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    pattern: Pattern[str]
    convertors: Mapping[str, Convertor[Any]]
    routes: Mapping[str, Route]

    def match(self, path: str) -> Match | None:
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        said = {name: self.convertors[name].convert(text) for name, text in found.groupdict().items()}
        return Match(self.path, self.routes, said)


class Dispatcher:
    """All routes, by path. A path with more fixed text is tried before one with less, in whatever order they came."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Take the routes. Raises ValueError for two of the same method and path."""
        by_path: dict[str, dict[str, Route]] = {}
        for route in routes:
            methods = by_path.setdefault(route.path, {})
            if route.method in methods:
                raise ValueError(f"{route.method} {route.path} is declared twice")
            methods[route.method] = route
        ordered = sorted(by_path, key=_generality)
        self._fixed = {path: _place(path, by_path[path]) for path in ordered if "{" not in path}
        self._places = tuple(_place(path, by_path[path]) for path in ordered if "{" in path)

    def match(self, path: str) -> Match:
        """Return what a path leads to. Raises Problem (404)."""
        if path in self._fixed:
            return Match(path, self._fixed[path].routes, {})
        for place in self._places:
            found = place.match(path)
            if found is not None:
                return found
        raise Problem(404, "no_such_route", "nothing is served under this path; GET / lists what is")


def _place(path: str, routes: Mapping[str, Route]) -> _Place:
    pattern, _, convertors = compile_path(path)
    # Names may hold anything, line ends too, which Starlette's `.*` does not take.
    return _Place(path, re.compile(pattern.pattern, re.DOTALL), convertors, routes)


def _generality(path: str) -> tuple[bool, int, str]:
    fixed = sum(len(segment) for segment in path.split("/") if not segment.startswith("{"))
    return ":path}" in path, -fixed, path
