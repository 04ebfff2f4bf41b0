"""Lists of the API, page by page."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from satark.analytics.commands.api import Api

Row = dict[str, Any]


def every(api: Api, path: str, member: str, parameters: Mapping[str, str], *, most: int) -> Iterator[Row]:
    """Yield the entries of a list, at most so many. Raises as `Api.get`."""
    return islice(_pages(api, path, member, dict(parameters)), most)


def _pages(api: Api, path: str, member: str, parameters: dict[str, str]) -> Iterator[Row]:
    while True:
        page = api.get(path, parameters)
        yield from page[member]
        if not page.get("next"):
            return
        parameters["cursor"] = page["next"]
