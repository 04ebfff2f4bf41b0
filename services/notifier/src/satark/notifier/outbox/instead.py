"""What a receiver's fallback is told, where the receiver could not be, and when. Pure."""

from datetime import datetime, timedelta
from heapq import heappop, heappush

from satark.notifier.outbox.notices import Entry, Notice
from satark.notifier.outbox.queues import Queues
from satark.notifier.routing.model import Routing
from satark.notifier.telling import Aside, Occasion
from satark.schemas.notifications import notification_id


def fallbacks(notice: Notice, routing: Routing) -> list[Notice]:
    """Return the notices of the same event for each way to reach the fallback of a notice's receiver."""
    aside = Aside(occasion=Occasion.FALLBACK, instead_of=notice.target.name)
    return [
        Notice(
            notification_id(notice.event.id, *target.key),
            target,
            notice.policy,
            notice.event,
            notice.record,
            aside,
        )
        for target in routing.targets(notice.target.fallback)
    ]


def may_fall_back(entry: Entry) -> bool:
    """Return whether a fallback can be told of a notice: its receiver has one, that is none itself, and was not yet."""
    notice = entry.notice
    is_one = notice.aside.occasion is Occasion.FALLBACK
    return bool(notice.target.fallback) and not is_one and not entry.has_fallen_back


class Patience:
    """How long receivers that refuse are waited for, until their fallbacks are told.

    That goes by time and not by attempts: from one attempt to the next may be longer.
    """

    def __init__(self, queues: Queues, after_s: float) -> None:
        self._queues = queues
        self._after = timedelta(seconds=after_s)
        self._ends: dict[str, datetime] = {}
        self._plans: list[tuple[datetime, str]] = []

    def put_off(self, entry: Entry) -> None:
        """Take in that a receiver has refused."""
        name, end = entry.notice.id, entry.accepted_at + self._after
        if may_fall_back(entry) and self._ends.get(name) != end:
            self._ends[name] = end
            heappush(self._plans, (end, name))

    def over(self, now: datetime) -> list[Entry]:
        """Return the notices whose fallbacks are due, once. What is in flight or kept back is looked at when it is put off."""
        found = []
        while (end := self.next_end()) is not None and end <= now:
            _, name = heappop(self._plans)
            del self._ends[name]
            entry = self._queues.get(name)
            if entry is not None and may_fall_back(entry) and not entry.in_flight and not entry.is_held:
                found.append(entry)
        return found

    def next_end(self) -> datetime | None:
        """Return when the next patience ends, None if there is none."""
        while self._plans:
            end, name = self._plans[0]
            if self._ends.get(name) == end:
                return end
            heappop(self._plans)
        return None

    def set_back(self, by: timedelta, _now: datetime) -> None:
        """Wait as long as before the clock was set back."""
        self._plans = [(end - by, name) for end, name in self._plans]
        self._ends = {name: end - by for name, end in self._ends.items()}
