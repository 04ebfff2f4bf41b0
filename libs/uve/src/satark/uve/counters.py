"""Counters that survive the restart of who counts (analytics.md 1.9), for those who opt in.

A source's part of the total is what it lost by restarts plus what it says now. A number below the last one is a
restart: what was there before is kept. A number that is not below it goes on, so that a generator that comes back
through another gateway, still counting, is not counted twice. What a source said last stays when the source is gone.
"""

from collections.abc import Callable

from msgspec import Struct

from satark.uve.known import Form
from satark.uve.sequence import is_older

MAX_SOURCES = 10_000
"""Sources that one counter knows apart; of more, the longest silent ones stay in the total without a name."""


class Count(Struct, array_like=True):
    """One source's part: lost by restarts, said last, and the session and number of the message that said so."""

    lost: int
    last: int
    session: int
    sequence: int


class Counter(Struct, array_like=True):
    """The total of one attribute and its parts by source; `form` is the type and the annotations of the newest number."""

    form: Form
    total: int = 0
    counts: dict[str, Count] = {}

    def add(self, source: str, number: int, form: Form, *, session: int, sequence: int) -> None:
        """Take in a number. One that was told before, or before what is known, changes nothing."""
        count = self.counts.pop(source, None)
        if count is None:
            if len(self.counts) >= MAX_SOURCES:
                del self.counts[next(iter(self.counts))]
            self.counts[source] = Count(0, number, session, sequence)
            self.total += number
        else:
            self.counts[source] = count
            if session < count.session or (session == count.session and is_older(sequence, count.sequence)):
                return
            if number < count.last:
                count.lost += count.last
                self.total += number
            else:
                self.total += number - count.last
            count.last, count.session, count.sequence = number, session, sequence
        self.form = form

    def only(self, keep: Callable[[str], bool]) -> "Counter":
        """Return the counter of these sources alone."""
        counts = {source: count for source, count in self.counts.items() if keep(source)}
        return Counter(self.form, sum(count.lost + count.last for count in counts.values()), counts)
