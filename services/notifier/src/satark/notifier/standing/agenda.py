"""When to look at which open incident again: what is due, without asking of all. Pure.

A heap of times. An incident is looked at when something changes of it, and then when the look said so; entries that a
later one replaced are skipped when they come up. Only what was told, and whose events this process reads, is in it.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush

from satark.notifier.events import incident_of
from satark.notifier.outbox.quiet import Inhibitor, nothing_inhibits
from satark.notifier.outbox.silences import holding
from satark.notifier.routing.model import Routing
from satark.notifier.standing.due import LOOK_AGAIN_S, FollowUp, Look, Surroundings, look
from satark.notifier.standing.standing import Position, Standing
from satark.runtime.said import Said
from satark.schemas.open_incidents import OpenIncident

AT_ONCE = 500
"""Incidents that are looked at in one go, so that a whole estate stops nothing else for long."""

AT_ONCE_DUE = 200
"""Follow-ups that are returned in one go."""

SLACK = 1_000
"""Entries of the heap that may be out of date before it is made anew."""

SOON = datetime.min.replace(tzinfo=UTC)
"""Of what is to be looked at as soon as possible."""


class Agenda:
    """What is due of all that is open. A follow-up that was returned is in hand: it does not come again until it is over.

    It is over when `Standing.told` or `Standing.passed` knows of it, or the incident is; `release` says that it is not
    in hand any more.
    """

    def __init__(
        self, standing: Standing, said: Said, routing: Routing, inhibitor: Inhibitor = nothing_inhibits
    ) -> None:
        self._standing = standing
        self._said = said
        self._routing = routing
        self._inhibitor = inhibitor
        self._owned: frozenset[Position] = frozenset()
        self._heap: list[tuple[datetime, str]] = []
        self._times: dict[str, datetime] = {}
        self._in_hand: dict[str, frozenset[str]] = {}
        standing.watch(self._changed)

    def own(self, positions: Collection[Position]) -> None:
        """Take over partitions; what was in hand of others is their owner's, and what this owned before goes on."""
        before, self._owned = self._owned, frozenset(positions)
        for known in self._standing.every():
            position = (known.topic, known.partition)
            if position in self._owned and position not in before:
                self._plan(known, SOON)
            elif position not in self._owned:
                self._drop(known.incident)

    def reroute(self, routing: Routing) -> None:
        """Look at everything anew: there are new routes."""
        self._routing = routing
        self.reconsider()

    def reconsider(self) -> None:
        """Look at everything anew: people said something, or something that kept others quiet is over."""
        for incident in self._times:
            self._times[incident] = SOON
        self._rebuild()

    def due(self, now: datetime) -> list[FollowUp]:
        """Return what is due and not in hand, at most some; ask again until `next_due` is later than now."""
        silences = holding(self._said, now)
        around = Surroundings(self._said, silences, self._routing, self._inhibitor)
        found: list[FollowUp] = []
        for _ in range(AT_ONCE):
            time = self.next_due()
            if time is None or time > now or len(found) >= AT_ONCE_DUE:
                break
            _, incident = heappop(self._heap)
            found += self._look(incident, around, now)
        return found

    def next_due(self) -> datetime | None:
        """Return when to ask for what is due, None if nothing will be unless something changes."""
        while self._heap:
            time, incident = self._heap[0]
            if self._times.get(incident) == time:
                return time
            heappop(self._heap)
        return None

    def release(self, followup: FollowUp) -> None:
        """Note that a follow-up is not in hand, though nothing became of it: it is due again."""
        incident = incident_of(followup.event)
        self._in_hand[incident] = self._in_hand.get(incident, frozenset()) - {followup.id}
        self._changed(incident, self._standing.get(incident))

    def _look(self, incident: str, around: Surroundings, now: datetime) -> list[FollowUp]:
        del self._times[incident]
        known = self._standing.get(incident)
        if known is None or (known.topic, known.partition) not in self._owned:
            self._drop(incident)
            return []
        if self._standing.is_member(known):
            self._plan(known, now + timedelta(seconds=LOOK_AGAIN_S))
            return []
        seen = look(known, around, now)
        if seen.again is not None:
            self._plan(known, seen.again)
        return self._hand_out(incident, seen)

    def _hand_out(self, incident: str, seen: Look) -> list[FollowUp]:
        """Return what is not in hand; what is due no more is over, and so is not in hand either."""
        before = self._in_hand.pop(incident, frozenset())
        after = {each.id for each in seen.due} | {each.id for each in seen.kept if each.id in before}
        if after:
            self._in_hand[incident] = frozenset(after)
        return [each for each in seen.due if each.id not in before]

    def _changed(self, incident: str, known: OpenIncident | None) -> None:
        if known is None or (known.topic, known.partition) not in self._owned:
            self._drop(incident)
        else:
            self._plan(known, SOON)

    def _plan(self, known: OpenIncident, time: datetime) -> None:
        if known.told:
            self._times[known.incident] = time
            heappush(self._heap, (time, known.incident))
            if len(self._heap) > 2 * len(self._times) + SLACK:
                self._rebuild()

    def _drop(self, incident: str) -> None:
        self._times.pop(incident, None)
        self._in_hand.pop(incident, None)

    def _rebuild(self) -> None:
        self._heap = [(time, incident) for incident, time in self._times.items()]
        heapify(self._heap)
