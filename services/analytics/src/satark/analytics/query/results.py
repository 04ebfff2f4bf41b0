"""Rows of an answer as the objects that a client is told (specs/analytics.md, clauses 2.8 and 3.2)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import msgspec

from satark.analytics.store.statement import Row

PERCENTILES = {"01": 0.01, "05": 0.05, "25": 0.25, "50": 0.5, "75": 0.75, "95": 0.95, "99": 0.99}
"""Members of a result of PERCENTILES, and the levels that they are."""

LINE_BYTES = 10_000
"""About how long a line of an answer is; Contrail's are."""

HEAD = b'{"value": ['
TAIL = b"]}"

Convert = Callable[[Any], Any]

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Mapper:
    """What the values of a row are called, and what becomes of those that are not shown as they are stored."""

    members: tuple[str, ...]
    converted: tuple[tuple[int, Convert], ...] = ()

    def object_of(self, row: Row) -> dict[str, Any]:
        """Return a row as an object."""
        if not self.converted:
            return dict(zip(self.members, row, strict=True))
        values = list(row)
        for at, convert in self.converted:
            values[at] = convert(values[at])
        return dict(zip(self.members, values, strict=True))

    def texts(self, rows: Iterable[Row]) -> list[bytes]:
        """Return rows as JSON, one text each."""
        return [_encode(self.object_of(row)) for row in rows]


def percentiles(values: Sequence[float] | None) -> dict[str, float | None] | None:
    """Return the quantiles of a group under their names; None when the group has no value."""
    if not values or not isfinite(values[0]):
        return None
    return dict(zip(PERCENTILES, values, strict=True))


def lines(texts: Sequence[bytes], *, first: bool) -> list[bytes]:
    """Return the lines of a batch of objects, at most about LINE_BYTES each; `first` when none went before.

    Every line but the very first begins with what separates it from the one before, so lines can be read one by one.
    """
    found: list[bytes] = []
    line: list[bytes] = []
    length = 0
    for text in texts:
        line.append(text)
        length += len(text)
        if length >= LINE_BYTES:
            found.append(b", ".join(line))
            line, length = [], 0
    if line:
        found.append(b", ".join(line))
    return [each if first and at == 0 else b", " + each for at, each in enumerate(found)]
