"""The outbox: decides for each incident event and receiver whether to tell, when to try again, and when to stop.

Theory of operation. Each pair of an incident and a receiver has a queue, so that an incident is told in its order.
The head of a queue is tried when it is due. *Sent* and *permanent* end it. *Retry* puts it off, longer each time,
until the horizon. A retry that concerns the whole channel pauses all queues; the first attempt after the pause shows
whether it is over. An event whose publication is older than the stale limit first waits a little for the rest of its
incident to be read: an old incident that is over is not told any more, one that lasts is told however old it is.
What is historical is told to nobody, and the end of an incident only to those who were told of the incident. Where
that failed the end fails too, so that the dead letters hold both, and a replay tells both.
A beginning waits a little for others of the same cause: what turns out to be one of a group is told with the group only.
"""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from satark.notifier.delivery import Delivery, Permanent, Retry, Sent
from satark.notifier.events import OPENED, RESOLVED, UPDATED, Event, incident_of, is_historical, state_of
from satark.notifier.grouping import Groups, may_join
from satark.notifier.outcomes import Outcomes
from satark.runtime.records import Record
from satark.schemas.incident_groups import (
    IncidentGroupEvent,
    IncidentGroupOpened,
    IncidentGroupResolved,
    IncidentGroupUpdated,
)
from satark.schemas.notifications import Outcome, notification_id

GROUP_EVENTS = (IncidentGroupOpened, IncidentGroupUpdated, IncidentGroupResolved)


class Reason(StrEnum):
    """Why a notification ended as it did."""

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    GAVE_UP = "gave_up"
    UNRENDERABLE = "unrenderable"
    NOT_TOLD_ON = "not_told_on"
    STALE = "stale"
    SUPERSEDED = "superseded"
    HISTORICAL = "historical"
    NEVER_TOLD = "never_told"
    ORPHANED = "orphaned"
    GROUPED = "grouped"


OUTCOMES = {
    Reason.ACCEPTED: Outcome.SENT,
    Reason.PERMANENT: Outcome.FAILED,
    Reason.GAVE_UP: Outcome.FAILED,
    Reason.UNRENDERABLE: Outcome.FAILED,
    Reason.NOT_TOLD_ON: Outcome.SUPPRESSED,
    Reason.STALE: Outcome.SUPPRESSED,
    Reason.SUPERSEDED: Outcome.SUPPRESSED,
    Reason.HISTORICAL: Outcome.SUPPRESSED,
    Reason.NEVER_TOLD: Outcome.SUPPRESSED,
    Reason.ORPHANED: Outcome.FAILED,
    Reason.GROUPED: Outcome.SUPPRESSED,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's choices. Times in seconds."""

    channel: str
    receivers: tuple[str, ...]
    tell_on: frozenset[str]
    retry_after_s: tuple[float, ...]
    retry_horizon_s: float
    stale_after_s: float
    stale_settle_s: float
    group_wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Notice:
    """One event for one receiver, and the record it came in."""

    id: str
    receiver: str
    event: Event
    record: Record


@dataclass(frozen=True, slots=True)
class Settled:
    """A notice that is over."""

    notice: Notice
    reason: Reason
    attempts: int
    detail: str

    @property
    def outcome(self) -> Outcome:
        """Sent, failed or suppressed."""
        return OUTCOMES[self.reason]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a new record: the notices it now waits for, and those (of it or older ones) that are over."""

    waiting: frozenset[str]
    settled: tuple[Settled, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliver:
    """Try this notice now."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Nothing is due before."""

    time: datetime


@dataclass(slots=True)
class _Entry:
    notice: Notice
    accepted_at: datetime
    due: datetime
    stale: bool
    attempts: int = 0
    in_flight: bool = False


class Outbox:
    """All notices that are not over yet."""

    def __init__(self, rules: Rules, outcomes: Outcomes) -> None:
        self._rules = rules
        self._outcomes = outcomes
        self._groups = Groups()
        self._queues: dict[tuple[str, str], deque[_Entry]] = {}
        self._entries: dict[str, _Entry] = {}
        self._paused_until: datetime | None = None
        self._channel_failures = 0

    def __len__(self) -> int:
        return len(self._entries)

    def accept(self, event: Event, record: Record, now: datetime) -> Accepted:
        """Take in an event; one that was told, or is waiting already, is not taken in again."""
        waiting: set[str] = set()
        settled: list[Settled] = []
        for receiver in self._rules.receivers:
            notice = Notice(notification_id(event.id, self._rules.channel, receiver), receiver, event, record)
            if self._outcomes.is_final(notice.id, record.timestamp):
                continue
            waiting.add(notice.id)
            if notice.id in self._entries:
                continue
            settled += self._overtake(notice)
            reason = self._suppression(notice, now)
            if reason is not None:
                settled.append(Settled(notice, reason, 0, _WHY[reason]))
            else:
                self._enqueue(notice, now)
        return Accepted(frozenset(waiting), tuple(settled))

    def absorb(self, group: IncidentGroupEvent) -> tuple[Settled, ...]:
        """Learn of a group; end what waits to be told of its members, where nobody was told of them yet."""
        self._groups.learn(group)
        settled: list[Settled] = []
        for queue in tuple(self._queues.values()):
            entries = tuple(queue)
            is_begun = self._was_told(entries[0].notice) or any(each.in_flight or each.attempts for each in entries)
            if not is_begun and self._is_member(entries[0].notice):
                settled += [self._end(entry, Reason.GROUPED, _WHY[Reason.GROUPED]) for entry in entries]
        return tuple(settled)

    def next(self, now: datetime) -> Deliver | WaitUntil | None:
        """Return what to do: try a notice (it counts as in flight until `settle`), wait, or nothing at all."""
        heads = [queue[0] for queue in self._queues.values() if not queue[0].in_flight]
        if not heads:
            return None
        head = min(heads, key=lambda entry: entry.due)
        due = max(head.due, self._paused_until or head.due)
        if due > now:
            return WaitUntil(due)
        head.in_flight = True
        return Deliver(head.notice)

    def settle(self, notice: Notice, delivery: Delivery, now: datetime) -> Settled | None:
        """Take in how an attempt ended; return the outcome, or None when it is to be tried again."""
        entry = self._entries[notice.id]
        entry.in_flight = False
        entry.attempts += 1
        if not isinstance(delivery, Retry):
            self._paused_until, self._channel_failures = None, 0
        match delivery:
            case Sent(detail):
                return self._end(entry, Reason.ACCEPTED, detail)
            case Permanent(detail):
                return self._end(entry, Reason.PERMANENT, detail)
            case Retry():
                return self._put_off(entry, delivery, now)

    def abandon(self, notice: Notice, detail: str) -> Settled:
        """Give up a notice that cannot even be rendered."""
        return self._end(self._entries[notice.id], Reason.UNRENDERABLE, detail)

    def drop(self, ids: Collection[str]) -> frozenset[str]:
        """Forget notices whose records another member of the group will read; return those in flight, which stay."""
        entries = [self._entries[each] for each in ids if each in self._entries]
        for entry in entries:
            if not entry.in_flight:
                self._remove(entry)
        return frozenset(entry.notice.id for entry in entries if entry.in_flight)

    def _suppression(self, notice: Notice, now: datetime) -> Reason | None:
        event = notice.event
        if is_historical(event):
            return Reason.HISTORICAL
        if state_of(event) not in self._rules.tell_on:
            return Reason.NOT_TOLD_ON
        if self._knows(notice):
            return None
        if self._is_member(notice):
            return Reason.GROUPED
        return self._end_of_the_untold(notice, now) if state_of(event) == RESOLVED else None

    def _end_of_the_untold(self, notice: Notice, now: datetime) -> Reason | None:
        if self._is_stale(notice.record, now):
            return Reason.STALE
        if self._rules.tell_on == {RESOLVED}:
            return None
        failed = self._outcomes.has_failed(incident_of(notice.event), self._rules.channel, notice.receiver)
        return Reason.ORPHANED if failed else Reason.NEVER_TOLD

    def _knows(self, notice: Notice) -> bool:
        """True when the receiver was told of the incident, or is about to be."""
        return self._was_told(notice) or _queue(notice) in self._queues

    def _was_told(self, notice: Notice) -> bool:
        return self._outcomes.was_told(incident_of(notice.event), self._rules.channel, notice.receiver)

    def _is_member(self, notice: Notice) -> bool:
        """True when the notice is about an incident that people are told of as one of a group."""
        event = notice.event
        return not isinstance(event, GROUP_EVENTS) and self._groups.holds(event)

    def _overtake(self, notice: Notice) -> list[Settled]:
        """End the waiting notices that an event of the same incident makes pointless."""
        if is_historical(notice.event) or state_of(notice.event) == OPENED:
            return []
        over = state_of(notice.event) == RESOLVED
        settled = []
        for entry in tuple(self._queues.get(_queue(notice), ())):
            if entry.in_flight:
                continue
            if state_of(entry.notice.event) == UPDATED:
                settled.append(self._end(entry, Reason.SUPERSEDED, _WHY[Reason.SUPERSEDED]))
            elif over and entry.stale and not entry.attempts:
                settled.append(self._end(entry, Reason.STALE, _WHY[Reason.STALE]))
        return settled

    def _is_stale(self, record: Record, now: datetime) -> bool:
        return now - record.timestamp > timedelta(seconds=self._rules.stale_after_s)

    def _enqueue(self, notice: Notice, now: datetime) -> None:
        stale = self._is_stale(notice.record, now)
        wait_s = self._rules.stale_settle_s if stale else self._wait_s(notice.event)
        due = now + timedelta(seconds=wait_s)
        entry = _Entry(notice, accepted_at=now, due=due, stale=stale)
        self._entries[notice.id] = entry
        self._queues.setdefault(_queue(notice), deque()).append(entry)

    def _wait_s(self, event: Event) -> float:
        """Return how long a beginning waits for others that may turn out to have the same cause."""
        waits = not isinstance(event, GROUP_EVENTS) and state_of(event) == OPENED and may_join(event)
        return self._rules.group_wait_s if waits else 0.0

    def _put_off(self, entry: _Entry, retry: Retry, now: datetime) -> Settled | None:
        delay_s = max(retry.after_s, _delay_s(self._rules.retry_after_s, entry.attempts))
        if retry.whole:
            self._channel_failures += 1
            delay_s = max(retry.after_s, _delay_s(self._rules.retry_after_s, self._channel_failures))
            self._paused_until = now + timedelta(seconds=delay_s)
        entry.due = now + timedelta(seconds=delay_s)
        if entry.due > entry.accepted_at + timedelta(seconds=self._rules.retry_horizon_s):
            return self._end(entry, Reason.GAVE_UP, f"after {entry.attempts} attempts: {retry.detail}")
        return None

    def _end(self, entry: _Entry, reason: Reason, detail: str) -> Settled:
        self._remove(entry)
        self._outcomes.note(
            incident_of(entry.notice.event), self._rules.channel, entry.notice.receiver, OUTCOMES[reason]
        )
        return Settled(entry.notice, reason, entry.attempts, detail)

    def _remove(self, entry: _Entry) -> None:
        del self._entries[entry.notice.id]
        key = _queue(entry.notice)
        self._queues[key].remove(entry)
        if not self._queues[key]:
            del self._queues[key]


_WHY = {
    Reason.NOT_TOLD_ON: "the settings do not tell of such events",
    Reason.STALE: "the incident was over long ago",
    Reason.SUPERSEDED: "a newer event of the incident came before this one was told",
    Reason.HISTORICAL: "it is about the past: its data came long after its time",
    Reason.NEVER_TOLD: "nothing of the incident was told",
    Reason.GROUPED: "it is one of a group of incidents, which is told as one",
    Reason.ORPHANED: "the beginning of the incident could not be told; replay both dead letters",
}


def _queue(notice: Notice) -> tuple[str, str]:
    return incident_of(notice.event), notice.receiver


def _delay_s(delays_s: Sequence[float], failures: int) -> float:
    return delays_s[min(failures, len(delays_s)) - 1]
