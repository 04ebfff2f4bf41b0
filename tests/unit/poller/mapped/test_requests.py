from datetime import timedelta

import pytest
import yaml

from satark.poller.mapped.model import Query
from satark.poller.mapped.requests import first_page, next_page, request, window_values
from satark.poller.mapped.sections import mapping
from satark.poller.schedule import Window
from tests.unit.poller.mapped.manager import NOON

WINDOW = Window(NOON, NOON + timedelta(minutes=5))


def query(**given: object) -> Query:
    """Return the request for samples of a mapping."""
    whole = {
        "version": 1,
        "vendor": "Any",
        "edges": {"request": {"path": "/e"}, "rows": "@", "fields": {"id": "id"}},
        "samples": {
            "request": {"path": "/s", **given},
            "rows": "@",
            "fields": {"edge": "e", "link": "l"},
            "metrics": {"latency_ms_rx": "v"},
        },
    }
    samples = mapping(yaml.safe_dump(whole, sort_keys=False).encode()).samples
    assert samples is not None
    return samples.query


class TestRequest:
    def test_places(self) -> None:
        """Places of path, query and body are filled: a path's are quoted, a body's numbers stay numbers."""
        one = query(
            path="/c/{enterprise}/s",
            query={"from": "{start_iso}", "n": 5, "all": True},
            json={"range": ["{start_ms}", "{end_s}"], "at": "T{start}", "keep": None},
            times="%H:%M",
        )
        made = request(one, window_values(one, WINDOW, enterprise="a b/c"))

        assert (made.verb, made.path) == ("POST", "/c/a%20b%2Fc/s")
        assert made.query == (("from", "2026-03-10T12:00:00.000Z"), ("n", "5"), ("all", "true"))
        assert made.body == b'{"range":[1773144000000,1773144300],"at":"T12:00","keep":null}'

    def test_form(self) -> None:
        """A form is sent as browsers do."""
        made = request(query(form={"a": "x&y", "b": "{start_s}"}), window_values(query(), WINDOW, enterprise="e"))

        assert (made.verb, made.body, made.content_type) == (
            "POST",
            b"a=x%26y&b=1773144000",
            "application/x-www-form-urlencoded",
        )

    def test_plain(self) -> None:
        """Without a body it is a GET."""
        made = request(query(), window_values(query(), WINDOW, enterprise="e"))

        assert (made.verb, made.body, made.query) == ("GET", None, ())


class TestPages:
    def test_token(self) -> None:
        """A token is taken from the answer, as long as there is one and more is said to come."""
        paging = query(paging={"kind": "token", "parameter": "next", "next": "meta.next", "more": "meta.more"}).paging

        assert first_page(paging) is None
        assert next_page(paging, {"meta": {"next": "x", "more": True}}, None, 9) == "x"
        assert next_page(paging, {"meta": {"next": "x", "more": False}}, None, 9) is None
        assert next_page(paging, {"meta": {"more": True}}, None, 9) is None

    @pytest.mark.parametrize(("kind", "pages"), [("offset", [0, 10, None]), ("page", [1, 2, None])])
    def test_counted(self, kind: str, pages: list[int | None]) -> None:
        """Offsets grow by the rows, pages by one, until a page is not full."""
        paging = query(paging={"kind": kind, "parameter": "p", "size": 10}).paging

        page = first_page(paging)
        found = [page]
        for rows in (10, 3):
            page = next_page(paging, {}, page, rows)
            found.append(page)
        assert found == pages

    def test_none(self) -> None:
        """Without paging there is one page."""
        assert first_page(None) is None
        assert next_page(None, {}, None, 10_000) is None

    def test_where_it_goes(self) -> None:
        """The page goes into the query, in place of what is there, or into the body."""
        inside = query(paging={"kind": "page", "parameter": "p", "size": 1, "in": "body"}, json={"q": 1})
        outside = query(paging={"kind": "page", "parameter": "p", "size": 1}, query={"p": 1, "q": 2})
        values = window_values(inside, WINDOW, enterprise="e")

        assert request(inside, values, 3).body == b'{"q":1,"p":3}'
        assert request(outside, values, 3).query == (("q", "2"), ("p", "3"))
