"""From a mapping's requests to what is sent. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from satark.poller.http.exchange import Request
from satark.poller.mapped.model import Paging, Query
from satark.poller.mapped.templates import Values, filled
from satark.poller.mapped.times import NAMED, text_of
from satark.poller.schedule import Window

FORM = "application/x-www-form-urlencoded"
Page = str | int | None


def times(start: datetime, end: datetime, form: str) -> dict[str, str | int]:
    """Return the places of a time window, `{start}` and `{end}` in the request's own form."""
    both = {"start": start, "end": end}
    named = {f"{name}_{one}": text_of(time, one) for name, time in both.items() for one in NAMED}
    return named | {name: text_of(time, form) for name, time in both.items()}


def window_values(query: Query, window: Window, **more: str) -> Values:
    """Return all places of a request over a window."""
    return times(window.start, window.end, query.times) | more


def request(query: Query, values: Values, page: Page = None) -> Request:
    """Return a request with its places filled, for the first page or for the one that `page` names."""
    parameters = [(name, text.fill(values)) for name, text in query.parameters]
    json = filled(query.json, values)
    if query.paging is not None and page is not None:
        if query.paging.in_body and isinstance(json, dict):
            json = json | {query.paging.parameter: page}
        else:
            parameters = [(name, text) for name, text in parameters if name != query.paging.parameter]
            parameters.append((query.paging.parameter, str(page)))
    form = [(name, text.fill(values)) for name, text in query.form]
    body = msgspec.json.encode(json) if query.json is not None else urlencode(form).encode() if form else None
    return Request(
        method=query.name,
        path=query.path.fill(values, lambda text: quote(text, safe="")),
        verb=query.verb,
        query=tuple(parameters),
        body=body,
        content_type=FORM if form else "application/json",
    )


def first_page(paging: Paging | None) -> Page:
    """Return how the first page is asked for: tokens have none."""
    return paging.first if paging is not None and paging.kind != "token" else None


def next_page(paging: Paging | None, document: Any, page: Page, rows: int) -> Page:
    """Return how the page after this one is asked for, None when this was the last."""
    if paging is None or (paging.more is not None and not paging.more.find(document)):
        return None
    if paging.token is not None:
        return paging.token.text_in(document) or None
    if rows < paging.size:
        return None
    assert isinstance(page, int)  # noqa: S101 - as `first_page` gave it
    return page + (rows if paging.kind == "offset" else 1)


def credential_values(username: str | None, password: str, token: str) -> Mapping[str, str]:
    """Return the places of a login."""
    return {"username": username or "", "password": password, "token": token}
