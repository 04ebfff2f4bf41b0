"""Answers that are well-formed and wrong: what an orchestrator, or something between it and its caller, may say.

| lie | what becomes of an answer |
|---|---|
| wrong_shape | an object where a list belongs, and a list where an object does |
| odd_numbers | in every other row, in turn: latencies are texts, negative, as large as a number can be, or lists |
| not_json_numbers | the first latency is NaN, which is no JSON |
| doubled | the rows come in another order, and then once more with other latencies |
| revised | all latencies are others than were told before |
| foreign | enterprises, edges and links are those of another orchestrator |
| lost_row | the first row is not there |
| seconds | times of series are in seconds |
| future | times of series are a day ahead |
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

Lie = Literal[
    "wrong_shape",
    "odd_numbers",
    "not_json_numbers",
    "doubled",
    "revised",
    "foreign",
    "lost_row",
    "seconds",
    "future",
]
LIES = frozenset(get_args(Lie))

LATENCY = "bestLatencyMsRx"
ODD: tuple[Any, ...] = ("12.5", -5, 1e308, [12])
EVERY = 2
"""Odd is the first row of so many."""

ANOTHERS_IDS = 9_000_000
"""Added to the ids of enterprises and edges, which makes them another orchestrator's."""

REVISED_BY_MS = 500
DAY_MS = 86_400_000
NAN = b"NaN"

Row = dict[str, Any]


def told(lie: str, result: Any) -> Any:
    """Return a result as a lie has it; what a lie has no words for is left as it is. The original is not touched."""
    if lie == "wrong_shape":
        return [result] if isinstance(result, dict) else {"surprise": result}
    if not isinstance(result, list) or not all(isinstance(row, dict) for row in result):
        return result
    change = _CHANGES.get(lie)
    if change is not None:
        return [change(row, number) for number, row in enumerate(result)]
    if lie == "doubled":
        return [*reversed(result), *(_revised(row, 0) for row in result)]
    return result[1:] if lie == "lost_row" else result


def told_bytes(lie: str, body: bytes) -> bytes:
    """Return the bytes of an answer as a lie has them."""
    if lie != "not_json_numbers":
        return body
    before, name, after = body.partition(f'"{LATENCY}":'.encode())
    digits = len(after) - len(after.lstrip(b"0123456789.eE+-"))
    return before + name + NAN + after[digits:] if name else body


def _odd(row: Row, number: int) -> Row:
    if LATENCY not in row or number % EVERY:
        return row
    return row | {LATENCY: ODD[number // EVERY % len(ODD)]}


def _revised(row: Row, _: int) -> Row:
    value = row.get(LATENCY)
    return row | {LATENCY: value + REVISED_BY_MS} if isinstance(value, int | float) else row


def _foreign(row: Row, _: int) -> Row:
    link = row.get("link")
    if not isinstance(link, dict):
        return row
    return row | {"link": {name: _anothers(name, value) for name, value in link.items()}}


def _anothers(name: str, value: Any) -> Any:
    if name in {"enterpriseId", "edgeId"} and isinstance(value, int):
        return value + ANOTHERS_IDS
    return f"another-{value}" if name == "internalId" else value


def _seconds(row: Row, _: int) -> Row:
    return _retimed(row, lambda start_ms: start_ms // 1000)


def _future(row: Row, _: int) -> Row:
    return _retimed(row, lambda start_ms: start_ms + DAY_MS)


def _retimed(row: Row, change: Callable[[int], int]) -> Row:
    listed = row.get("series")
    if not isinstance(listed, list):
        return row
    return row | {"series": [one | {"startTime": change(one["startTime"])} for one in listed]}


_CHANGES: Mapping[str, Callable[[Row, int], Row]] = {
    "odd_numbers": _odd,
    "revised": _revised,
    "foreign": _foreign,
    "seconds": _seconds,
    "future": _future,
}
