"""v2's lists: at most 2048 rows, and tokens for the next and the previous page (1.11).

A token carries everything that the first request said; what else is in the query beside it is ignored.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from satark.simulators.vco.pages import BadPageLink, page_link, read_page
from satark.simulators.vco.v2.errors import DataValidationError
from satark.simulators.vco.v2.query import Query, number

T = TypeVar("T")
NEXT, PREVIOUS = "nextPageLink", "prevPageLink"


class ListPage(Struct, frozen=True, array_like=True, tag="v2"):
    """A page of one resource (`path`), with the query that began the list."""

    path: str
    offset: int
    limit: int
    query: dict[str, str]


def page_of(path: str, query: Query, default_limit: int, begin: Callable[[Query], Mapping[str, str]]) -> ListPage:
    """Return the page that a query asks for; `begin` makes the query of a new list final (its times).

    Raises DataValidationError for a token of another list, ValidationError for a wrong limit.
    """
    token = query.get(NEXT, query.get(PREVIOUS))
    if token is None:
        return ListPage(path, 0, number(query, "limit", default_limit, default_limit), dict(begin(query)))
    try:
        page = read_page(token, ListPage)
    except BadPageLink as error:
        raise DataValidationError("the page link is invalid") from error
    if page.path != path:
        raise DataValidationError("the page link is invalid")
    return page


def listed(href: str, page: ListPage, rows: Sequence[T], payload: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """Return the list object of a page of all rows."""
    following = page.offset + page.limit
    meta: dict[str, Any] = {"limit": page.limit, "more": following < len(rows)}
    if meta["more"]:
        meta[NEXT] = _link(page, following)
    if page.offset > 0:
        meta[PREVIOUS] = _link(page, max(page.offset - page.limit, 0))
    return {"_href": href, "data": [payload(row) for row in rows[page.offset : following]], "metaData": meta}


def _link(page: ListPage, offset: int) -> str:
    return page_link(ListPage(page.path, offset, page.limit, page.query))
