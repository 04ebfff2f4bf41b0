"""Reading in parts, following, and writing."""

import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.commands.api import Api, Row
from satark.analytics.commands.output import cell, write_csv, write_json, write_table
from satark.analytics.commands.reading import read
from satark.analytics.commands.tail import Tail
from satark.analytics.commands.times import Span
from satark.runtime.api import ApiSettings
from tests.unit.analytics.commands.conftest import Answer, Asked, FakeServer, problem, rows

TIMES = [5, 700_000_000, 700_000_001, 1_500_000_000]
MOST_ROWS = 1


def _query(span: Span, limit: int | None) -> dict[str, Any]:
    return {"start_time": span.start_us, "end_time": span.end_us, "limit": limit}


def _answer(asked: Asked) -> Answer:
    """Answer as a server that takes no question with more than one row."""
    found = [{"t": time} for time in TIMES if asked.body["start_time"] <= time <= asked.body["end_time"]]
    if asked.body["limit"] is None and len(found) > MOST_ROWS:
        return problem(429, "too_many_rows", "too many")
    return rows(found[: asked.body["limit"]])


def test_what_is_too_much_is_asked_in_halves(server: FakeServer) -> None:
    """What is too much at once is asked in halves, and comes in order."""
    server.answer = _answer

    with Api(ApiSettings(url=server.url)) as api:
        found = [row["t"] for row in read(api, Span(0, 2_000_000_000), _query)]

    assert TIMES == found


def test_backwards_is_the_newest_first(server: FakeServer) -> None:
    """Backwards the newest part comes first."""
    server.answer = _answer

    with Api(ApiSettings(url=server.url)) as api:
        found = [row["t"] for row in read(api, Span(0, 2_000_000_000), _query, backwards=True)]

    assert TIMES[::-1] == found


def test_no_more_is_asked_than_is_wanted(server: FakeServer) -> None:
    """No more is asked than is wanted."""
    server.answer = _answer

    with Api(ApiSettings(url=server.url)) as api:
        found = [row["t"] for row in read(api, Span(0, 2_000_000_000), _query, limit=2)]

    assert TIMES[:2] == found
    assert [2, 1] == [each.body["limit"] for each in server.asked]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 25)), max_size=60))
def test_followed_rows_are_shown_once(stored: list[tuple[int, int]]) -> None:
    """Rows that are stored up to half a minute late are shown, and no row twice."""
    second = 1_000_000
    every = [(at * second, (at + min(late, 25)) * second, number) for number, (at, late) in enumerate(stored)]
    tail = Tail(0)
    shown: list[int] = []

    for now_us in range(0, 60 * second, 3 * second):
        asked = tail.span(now_us)
        found: list[Row] = [
            {"n": n} for at, seen, n in every if asked.start_us <= at <= asked.end_us and seen <= now_us
        ]
        shown += [row["n"] for row in tail.fresh(found, now_us)]

    assert sorted(shown) == list(range(len(every)))


def test_json_is_one_array() -> None:
    """JSON is one array, a row a line."""
    out = io.StringIO()

    write_json([{"a": 1}, {"a": None}], out)
    write_json([], out)

    assert '[{"a":1},\n{"a":null}]\n[]\n' == out.getvalue()


def test_csv_has_the_columns_of_the_first_row() -> None:
    """CSV has the columns of the first row."""
    out = io.StringIO()

    write_csv([{"a": 1.5, "b": 'x,"y'}, {"a": None, "b": {"k": 1}}], out)

    assert 'a,b\n1.5,"x,""y"\n,"{""k"":1}"\n' == out.getvalue()


def test_a_table_has_a_line_for_each_row() -> None:
    """A table has a line for each row, and markup in names is shown as it stands."""
    out = io.StringIO()

    write_table([{"name": "[red]a", "n": 1}, {"name": "b", "n": 20}], out)

    assert ["name", "n", "[red]a", "1", "b", "20"] == out.getvalue().split()


def test_too_many_rows_for_a_table_are_csv() -> None:
    """Rows that are too many for a table are written as CSV, none lost."""
    out = io.StringIO()

    write_table(({"n": number} for number in range(2_001)), out)

    assert ["n", *map(str, range(2_001))] == out.getvalue().split()


def test_cells_are_texts() -> None:
    """A cell is a text without needless digits."""
    assert ["", "true", "0.1", "3", "[1]"] == [cell(each) for each in (None, True, 0.1, 3, [1])]
