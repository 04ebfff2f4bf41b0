"""Following a log: asked again and again, each time a little further back than was seen, each row shown once. Pure."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from satark.analytics.commands.times import Span

POLL_S = 3.0
START_BACK_S = 10
OVERLAP_S = 30
"""Rows may be stored this much later than those of a later time."""

MAX_SEEN = 100_000

Row = dict[str, Any]

_encoder = msgspec.json.Encoder(order="deterministic")


class Tail:
    """What was shown of late."""

    def __init__(self, now_us: int) -> None:
        self._start_us = now_us - START_BACK_S * 1_000_000
        self._shown_us = self._start_us
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def span(self, now_us: int) -> Span:
        """Return the time to ask for next."""
        back_us = max(self._start_us, self._shown_us - OVERLAP_S * 1_000_000)
        return Span(min(back_us, now_us), now_us)

    def fresh(self, rows: Iterable[Row], now_us: int) -> Iterator[Row]:
        """Yield the rows that were not shown before."""
        for row in rows:
            identity = _encoder.encode(row)
            if identity not in self._seen:
                self._seen[identity] = None
                yield row
        self._shown_us = now_us
        while len(self._seen) > MAX_SEEN:
            self._seen.popitem(last=False)
