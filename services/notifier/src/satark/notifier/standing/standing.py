"""What is open and who was told of it: the topic of open incidents in memory. Pure.

Theory of operation. An event of an incident or a group, and each message about it, may change what is known; then the
change is returned, for the topic, and counts at once. What comes back from the topic is joined with what is known, so
that neither a replay, nor a record that comes late, nor one of a process that was replaced takes anything back. An end
is final: it is remembered, and what comes of the incident after it is not open again.

Who reads the partition of an incident's events writes of it. Write a change before the offset of its event is
committed, and before the outcome of the message that it is about: then a crash repeats, and forgets nothing.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from satark.notifier.events import Event, incident_of, is_historical
from satark.notifier.outbox.grouping import Groups
from satark.notifier.routing.model import Target
from satark.notifier.standing.joining import joined, receivers, slim
from satark.notifier.telling import Occasion
from satark.runtime.records import Record
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated
from satark.schemas.incidents import IncidentResolved, Severity
from satark.schemas.open_incidents import MAX_ID_CHARS, MAX_RECEIVERS, OpenEvent, OpenIncident, ReceiverTold

MOST = 50_000
"""Open incidents; those of which nothing was heard for longest are forgotten first. Some 6 kB for each bad metric."""

MOST_OVER = 200_000
"""Ids of incidents that are over, some 30 MB."""

Position = tuple[str, int]
"""A topic and a partition."""


@dataclass(frozen=True, slots=True)
class Over:
    """The incident is over: its record goes (a tombstone)."""

    incident: str


Change = OpenIncident | Over
"""What is to be written to the topic."""

Watcher = Callable[[str, OpenIncident | None], None]
"""Called with an incident's id and what is known of it by now, None if it is not open any more."""


class Standing:
    """The incidents and groups that are open.

    `unreadable` counts records that are no events, `too_large` events that no record has room for,
    or whose ids are no ids.
    """

    def __init__(self, most: int = MOST, most_over: int = MOST_OVER) -> None:
        self.unreadable = 0
        self.too_large = 0
        self._most = most
        self._most_over = most_over
        self._open: OrderedDict[str, OpenIncident] = OrderedDict()
        self._over: OrderedDict[str, None] = OrderedDict()
        self._groups = Groups()
        self._watchers: list[Watcher] = []

    def __len__(self) -> int:
        return len(self._open)

    def get(self, incident: str) -> OpenIncident | None:
        """Return what is known of an incident or a group, None if it is not open."""
        return self._open.get(incident)

    def every(self) -> tuple[OpenIncident, ...]:
        """Return all that is open."""
        return tuple(self._open.values())

    def is_member(self, known: OpenIncident) -> bool:
        """Return whether an incident is one of a group, which is told as one."""
        event = known.event
        return not isinstance(event, IncidentGroupOpened | IncidentGroupUpdated) and self._groups.holds(event)

    def watch(self, watcher: Watcher) -> None:
        """Call this whenever something changes, and now for all that is open."""
        self._watchers.append(watcher)
        for incident, known in self._open.items():
            watcher(incident, known)

    def apply(self, record: Record) -> None:
        """Take in a record of the topic."""
        if record.value is None:
            self._end((record.key or b"").decode(errors="replace"))
            return
        try:
            known = decode(record.topic, record.value, record.headers)
        except UndecodableEventError:
            self.unreadable += 1
        else:
            self.take(known)

    def take(self, other: OpenIncident) -> None:
        """Take in what this or another process knows."""
        if other.incident in self._over:
            return
        known = self._open.get(other.incident)
        both = other if known is None else joined(known, other)
        if known is None or _differ(both, known):
            self._keep(both)

    def learn(self, event: Event, position: Position) -> Change | None:
        """Take in an event that was read from a partition; return what to write, None if it is no news.

        An event that is older than what is known changes nothing, nor does what is history, and what comes after an end.
        """
        incident = incident_of(event)
        if not 0 < len(incident) <= MAX_ID_CHARS:
            self.too_large += 1
            return None
        if incident in self._over:
            return None
        if isinstance(event, IncidentResolved | IncidentGroupResolved):
            return self._ended(incident, event)
        known = self._open.get(incident)
        is_older = known is not None and known.event.sequence > event.sequence
        return None if is_older or is_historical(event) else self._renewed(known, event, position)

    def told(
        self,
        incident: str,
        target: Target,
        route: str,
        severity: Severity,
        now: datetime,
        occasion: Occasion = Occasion.EVENT,
        count: int = 0,
    ) -> OpenIncident | None:
        """Note that a target was told of an incident; return what to write, None if it is not open or this was known."""
        if occasion is Occasion.TEST:
            return None
        return self._note(incident, _told(target, route, severity, now, occasion, count, reached=True))

    def passed(
        self,
        incident: str,
        target: Target,
        route: str,
        severity: Severity,
        now: datetime,
        occasion: Occasion,
        count: int,
    ) -> OpenIncident | None:
        """Note that a reminder or an escalation is over and was not told: it failed, or was not wanted any more.

        Return what to write. Then the next reminder counts from now on, and the escalation does not come again.
        """
        if occasion not in {Occasion.REMINDER, Occasion.ESCALATION}:
            return None
        return self._note(incident, _told(target, route, severity, now, occasion, count, reached=False))

    def _ended(self, incident: str, event: Event) -> Over | None:
        if is_historical(event) and incident not in self._open:
            return None
        self._end(incident)
        return Over(incident)

    def _renewed(self, known: OpenIncident | None, event: OpenEvent, position: Position) -> OpenIncident | None:
        room = slim(event)
        if room is None:
            self.too_large += 1
            return None
        topic, partition = position
        return self._changed(OpenIncident.of(room, topic=topic, partition=partition, told=known.told if known else ()))

    def _note(self, incident: str, told: ReceiverTold) -> OpenIncident | None:
        known = self._open.get(incident)
        if known is None:
            return None
        everybody = receivers((*known.told, told))
        if len(everybody) > MAX_RECEIVERS or everybody == known.told:
            return None
        return self._changed(OpenIncident.of(known.event, topic=known.topic, partition=known.partition, told=everybody))

    def _changed(self, now: OpenIncident) -> OpenIncident | None:
        known = self._open.get(now.incident)
        if known is not None and not _differ(now, known):
            return None
        self._keep(now)
        return now

    def _keep(self, known: OpenIncident) -> None:
        incident, event = known.incident, known.event
        self._open[incident] = known
        self._open.move_to_end(incident)
        if isinstance(event, IncidentGroupOpened | IncidentGroupUpdated):
            self._groups.learn(event)
        self._say(incident, known)
        if len(self._open) > self._most:
            oldest, _ = self._open.popitem(last=False)
            self._say(oldest, None)

    def _end(self, incident: str) -> None:
        self._over[incident] = None
        self._over.move_to_end(incident)
        if len(self._over) > self._most_over:
            self._over.popitem(last=False)
        if self._open.pop(incident, None) is not None:
            self._say(incident, None)

    def _say(self, incident: str, known: OpenIncident | None) -> None:
        for watcher in self._watchers:
            watcher(incident, known)


def _differ(one: OpenIncident, other: OpenIncident) -> bool:
    """Return whether two accounts of an incident say different things; the same id is of the same event."""
    parts = [(each.id, each.topic, each.partition, each.told) for each in (one, other)]
    return parts[0] != parts[1]


def _told(
    target: Target, route: str, severity: Severity, now: datetime, occasion: Occasion, count: int, *, reached: bool
) -> ReceiverTold:
    return ReceiverTold(
        channel=target.channel,
        receiver=target.name,
        route=route,
        first=now,
        last=now,
        severity=severity,
        reminders=count if occasion is Occasion.REMINDER else 0,
        level=count if occasion is Occasion.ESCALATION else 0,
        reached=reached,
    )
