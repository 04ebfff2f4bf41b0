"""Counters that survive the restart of who counts (analytics.md 1.9), for those who opt in.

A source's part of the total is what it lost by restarts plus what it says now. A number below the last one is a
restart: what was there before is kept. A number that is not below it goes on, so that a generator that comes back
through another gateway, still counting, is not counted twice. What a source said last stays when the source is gone.

Nothing counts twice. What is read again from the topic is known by its offset, for a counter is stored with the one that
it has heard last; what a gateway writes again is known by its session and number. When all generators have deleted the
object its counters begin anew, but go on knowing whom they have heard: otherwise something that is told again would count
for the object's next life.
"""

from collections.abc import Callable

from msgspec import Struct

from satark.uve.known import Form
from satark.uve.sequence import is_older

MAX_SOURCES = 10_000
"""Sources that one counter knows apart; of more, the longest silent ones stay in the total without a name."""


class Place(Struct, frozen=True, order=True):
    """Where a message was read: its offset in the partition of its object, and when it was heard, by our clock.

    The time tells an offset from that of a topic that has been made anew.
    """

    offset: int
    heard_us: int


class Count(Struct, array_like=True):
    """One source's part: lost by restarts, said last, and the session and number of the last message heard."""

    lost: int
    last: int
    session: int
    sequence: int

    def knows(self, session: int, sequence: int) -> bool:
        """Return whether a message is the last one heard, or came before it."""
        if session != self.session:
            return session < self.session
        return sequence == self.sequence or is_older(sequence, self.sequence)

    def hear(self, session: int, sequence: int) -> None:
        """Take note of a message."""
        if not self.knows(session, sequence):
            self.session, self.sequence = session, sequence


class Counter(Struct, array_like=True):
    """The total of one attribute and its parts by source; `form` is the type and the annotations of the newest number.

    `through` is the greatest offset heard, and `heard_us` the latest time.
    """

    form: Form
    total: int = 0
    counts: dict[str, Count] = {}
    through: int = -1
    heard_us: int = 0

    def has_heard(self, place: Place | None) -> bool:
        """Return whether what was read here is in the total already. A message without a place is always new."""
        return place is not None and place.offset <= self.through and place.heard_us <= self.heard_us

    def add(
        self, source: str, number: int, form: Form, *, session: int, sequence: int, place: Place | None = None
    ) -> None:
        """Take in a number. One that was told before, or before what is known, changes nothing."""
        if self.has_heard(place):
            return
        self._note(place)
        count = self.counts.pop(source, None)
        if count is None:
            if len(self.counts) >= MAX_SOURCES:
                del self.counts[next(iter(self.counts))]
            self.counts[source] = Count(0, number, session, sequence)
            self.total += number
        else:
            self.counts[source] = count
            if count.knows(session, sequence):
                return
            if number < count.last:
                count.lost += count.last
                self.total += number
            else:
                self.total += number - count.last
            count.last, count.session, count.sequence = number, session, sequence
        self.form = form

    def deleted(self, source: str, *, session: int, sequence: int) -> bool:
        """Take note that a source deleted the object; return whether that is news."""
        count = self.counts.get(source)
        if count is None:
            return True
        is_news = not count.knows(session, sequence)
        count.hear(session, sequence)
        return is_news

    def begin_anew(self, place: Place | None) -> None:
        """Forget all numbers, but not whom was heard."""
        self._note(place)
        self.total = 0
        for count in self.counts.values():
            count.lost = count.last = 0

    def only(self, keep: Callable[[str], bool]) -> "Counter":
        """Return the counter of these sources alone."""
        counts = {source: count for source, count in self.counts.items() if keep(source)}
        return Counter(self.form, sum(count.lost + count.last for count in counts.values()), counts)

    def _note(self, place: Place | None) -> None:
        if place is not None:
            self.through, self.heard_us = max(self.through, place.offset), max(self.heard_us, place.heard_us)
