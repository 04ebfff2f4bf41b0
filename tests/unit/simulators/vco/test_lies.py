"""Lies: well-formed answers that are wrong, made of right ones."""

from typing import Any

import msgspec
import pytest

from satark.simulators.vco.lies import ANOTHERS_IDS, DAY_MS, LIES, REVISED_BY_MS, told, told_bytes

START_MS = 1_773_140_400_000


def rows() -> list[dict[str, Any]]:
    """Return an answer of eight links."""
    return [
        {
            "bestLatencyMsRx": 10 + n,
            "link": {"internalId": f"L{n}", "edgeId": n, "enterpriseId": 1, "displayName": "A"},
            "series": [{"metric": "bestLatencyMsRx", "startTime": START_MS, "data": [1]}],
        }
        for n in range(8)
    ]


def latencies(result: Any) -> list[Any]:
    """Return the latencies of an answer."""
    return [row["bestLatencyMsRx"] for row in result]


def test_wrong_shape() -> None:
    """A list becomes an object, an object a list."""
    assert told("wrong_shape", [1]) == {"surprise": [1]}
    assert told("wrong_shape", {"a": 1}) == [{"a": 1}]


def test_odd_numbers() -> None:
    """Every other latency is one that no link has."""
    assert latencies(told("odd_numbers", rows())) == ["12.5", 11, -5, 13, 1e308, 15, [12], 17]


def test_doubled() -> None:
    """All rows come in another order, and again with other latencies."""
    right = list(range(10, 18))

    assert latencies(told("doubled", rows())) == [*reversed(right), *(one + REVISED_BY_MS for one in right)]


def test_foreign() -> None:
    """Ids are another orchestrator's, names are as they were."""
    link = told("foreign", rows())[3]["link"]

    assert link == {
        "internalId": "another-L3",
        "edgeId": 3 + ANOTHERS_IDS,
        "enterpriseId": 1 + ANOTHERS_IDS,
        "displayName": "A",
    }


def test_lost_row() -> None:
    """The first row is lost."""
    assert told("lost_row", rows()) == rows()[1:]


@pytest.mark.parametrize(("lie", "start"), [("seconds", START_MS // 1000), ("future", START_MS + DAY_MS)])
def test_times(lie: str, start: int) -> None:
    """Series begin at another time."""
    assert {row["series"][0]["startTime"] for row in told(lie, rows())} == {start}


def test_not_json_numbers() -> None:
    """The first latency is NaN, and nothing else is changed."""
    body = msgspec.json.encode({"result": rows()})
    changed = told_bytes("not_json_numbers", body)

    assert changed == body.replace(b'"bestLatencyMsRx":10', b'"bestLatencyMsRx":NaN')
    assert told_bytes("not_json_numbers", b"{}") == b"{}"
    assert told_bytes("doubled", body) == body


@pytest.mark.parametrize("lie", sorted(LIES - {"wrong_shape"}))
def test_other_answers_are_left_alone(lie: str) -> None:
    """What a lie has no words for is left as it is, and the original is never touched."""
    given = rows()
    told(lie, given)

    assert given == rows()
    assert told(lie, {"a": 1}) == {"a": 1}
    assert told(lie, [1, 2]) == [1, 2]
