"""Signs of life: which are due, and what was told since the last ones. Pure.

Time is cut into slots of `every`, from the beginning of 1970 on; a target gets one sign of life in each, under an id that
is made of target and slot. So a restart repeats none, and after a long outage one is due.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from satark.notifier.routing.model import Key, Routing, Target
from satark.notifier.standing.standing import Position
from satark.notifier.telling import Heartbeat
from satark.schemas.identifiers import identifier, instant
from satark.schemas.incidents import incident_event_id
from satark.schemas.notifications import Notification, Outcome
from satark.schemas.topics import ANOMALIES

HEARTBEAT = "heartbeat"
"""What notifications of signs of life have for an incident."""

KEEPER: Position = (ANOMALIES, 0)
"""Who reads this partition sends the signs of life."""

MAX_COUNTED = 50_000
"""Notifications of late; with more than that since the last sign of life the counts are too low."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Counts:
    """Of some time: incidents that began, messages that arrived, messages that did not."""

    opened: int = 0
    told: int = 0
    failed: int = 0


@dataclass(slots=True)
class Tally:
    """Outcomes of late, of all instances, and the signs of life that were sent. An outcome may come twice."""

    limit: int = MAX_COUNTED
    _outcomes: OrderedDict[str, tuple[Outcome, datetime]] = field(default_factory=OrderedDict)
    _begun: OrderedDict[str, datetime] = field(default_factory=OrderedDict)
    _beats: OrderedDict[str, Notification] = field(default_factory=OrderedDict)

    def learn(self, notification: Notification) -> None:
        """Take in an outcome."""
        if notification.incident == HEARTBEAT:
            _put(self._beats, notification.id, notification, self.limit)
            return
        if notification.outcome in {Outcome.SENT, Outcome.FAILED}:
            _put(self._outcomes, notification.id, (notification.outcome, notification.time), self.limit)
        if notification.event == incident_event_id(notification.incident, 0):
            first = min(notification.time, self._begun.get(notification.incident, notification.time))
            _put(self._begun, notification.incident, first, self.limit)

    def since(self, time: datetime) -> Counts:
        """Return what there was after a time."""
        outcomes = [outcome for outcome, known in self._outcomes.values() if known > time]
        return Counts(
            opened=sum(begun > time for begun in self._begun.values()),
            told=outcomes.count(Outcome.SENT),
            failed=outcomes.count(Outcome.FAILED),
        )

    def is_sent(self, heartbeat: str) -> bool:
        """Return whether a sign of life, by its id, was sent or given up."""
        return heartbeat in self._beats

    def last(self, target: Target) -> datetime | None:
        """Return when a target got its last sign of life."""
        key = target.key
        times = [
            each.time
            for each in self._beats.values()
            if (each.channel, each.receiver) == key and each.outcome is Outcome.SENT
        ]
        return max(times, default=None)


def heartbeats(
    routing: Routing,
    owned: Collection[Position],
    tally: Tally,
    now: datetime,
    *,
    open_incidents: int,
    failing: Iterable[str] = (),
) -> list[Heartbeat]:
    """Return the signs of life that are due and were not sent yet; none if another process sends them.

    `open_incidents` is how many there are now; `failing` are names of targets that refuse.
    """
    beat = routing.heartbeat
    if beat is None or KEEPER not in owned:
        return []
    every, refusing = timedelta(seconds=beat.every_s), tuple(failing)
    found: dict[Key, Heartbeat] = {}
    for target in (target for name in beat.receivers for target in routing.targets(name)):
        id_ = heartbeat_id(target, slot(now, every))
        if tally.is_sent(id_):
            continue
        since = tally.last(target) or now - every
        counts = tally.since(since)
        found[target.key] = Heartbeat(
            id=id_,
            target=target,
            time=now,
            since=since,
            open_incidents=open_incidents,
            opened=counts.opened,
            told=counts.told,
            failed=counts.failed,
            failing=refusing,
        )
    return list(found.values())


def next_heartbeat(routing: Routing, owned: Collection[Position], now: datetime) -> datetime | None:
    """Return when the next slot begins, None if this process sends no signs of life."""
    beat = routing.heartbeat
    if beat is None or KEEPER not in owned:
        return None
    every = timedelta(seconds=beat.every_s)
    return slot(now, every) + every


def slot(now: datetime, every: timedelta) -> datetime:
    """Return the beginning of the slot that a time is in."""
    return EPOCH + (now - EPOCH) // every * every


def heartbeat_id(target: Target, begin: datetime) -> str:
    """Return the id of a target's sign of life in a slot."""
    return identifier(HEARTBEAT, *target.key, instant(begin))


def outcome_of(heartbeat: Heartbeat, outcome: Outcome, now: datetime, *, attempts: int, detail: str) -> Notification:
    """Return how sending a sign of life ended, as it is kept."""
    target = heartbeat.target
    return Notification(
        id=heartbeat.id,
        event=heartbeat.id,
        incident=HEARTBEAT,
        entity=HEARTBEAT,
        channel=target.channel,
        receiver=target.name,
        outcome=outcome,
        time=now,
        attempts=attempts,
        detail=detail,
    )


def _put(kept: OrderedDict[str, V], key: str, value: V, limit: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > limit:
        kept.popitem(last=False)
