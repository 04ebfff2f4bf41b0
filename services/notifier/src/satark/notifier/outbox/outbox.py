"""The outbox: decides for each incident event and receiver whether to tell, when to try again, and when to stop.

Theory of operation. Each pair of an incident and a receiver has a queue, so that an incident is told in its order.
The head of a queue is tried when it is due. *Sent* and *permanent* end it. *Retry* puts it off, longer each time,
until the horizon. A retry that concerns the whole channel pauses all queues; the first attempt after the pause shows
whether it is over. An event whose publication is older than the stale limit first waits a little for the rest of its
incident to be read: an old incident that is over is not told any more, one that lasts is told however old it is.
What is historical is told to nobody, and the end of an incident only to those who were told of the incident. Where
that failed the end fails too, so that the dead letters hold both, and a replay tells both.
A beginning waits a little for others of the same cause: what turns out to be one of a group is told with the group only.

What a silence covers when it is due is kept back until the silence ends, and then told as the incident is by then; its
record counts as done only then, so that a restart keeps it back again. What comes of the incident meanwhile is news of
what is kept back, also when it is read for a second time. An end takes away what nobody was told of.
"""

from collections import deque
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent, Unrenderable
from satark.notifier.events import OPENED, RESOLVED, UPDATED, Event, incident_of, is_group, is_historical, state_of
from satark.notifier.outbox.grouping import Groups, may_join
from satark.notifier.outbox.notices import (
    OUTCOMES,
    WHY,
    Accepted,
    Deliver,
    Entry,
    Notice,
    Quieted,
    Reason,
    Rules,
    Settled,
    WaitUntil,
)
from satark.notifier.outbox.outcomes import Attempt, Outcomes
from satark.notifier.outbox.silences import Cover, cover, holding, is_no_graver
from satark.notifier.telling import Aside
from satark.runtime.records import Record
from satark.runtime.said import Said
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.incident_groups import (
    IncidentGroupEvent,
    IncidentGroupOpened,
    IncidentGroupResolved,
    IncidentGroupUpdated,
)
from satark.schemas.notifications import notification_id
from satark.schemas.silences import Silence

GROUP_EVENTS = (IncidentGroupOpened, IncidentGroupUpdated, IncidentGroupResolved)

MAX_HELD = 50_000
"""Notices that silences keep back, some 500 MB at worst. What is beyond is told: rather a mail too many than one lost."""

AT_ONCE = 500
"""Notices that are looked at in one go, so that a silence over a whole estate stops nothing else for long."""


class Outbox:
    """All notices that are not over yet."""

    def __init__(self, rules: Rules, outcomes: Outcomes, said: Said | None = None, *, max_held: int = MAX_HELD) -> None:
        self._rules = rules
        self._outcomes = outcomes
        self._said = Said() if said is None else said
        self._max_held = max_held
        self._groups = Groups()
        self._queues: dict[tuple[str, str], deque[Entry]] = {}
        self._entries: dict[str, Entry] = {}
        self._held = 0
        self._paused_until: datetime | None = None
        self._channel_failures = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def pending(self) -> int:
        """How many notices wait for delivery: none of those that silences keep back."""
        return len(self._entries) - self._held

    @property
    def held(self) -> int:
        """How many notices silences keep back."""
        return self._held

    def accept(self, event: Event, record: Record, now: datetime) -> Accepted:
        """Take in an event; one that was told, or is waiting already, is not taken in again."""
        waiting: set[str] = set()
        settled: list[Settled] = []
        for receiver in self._rules.receivers:
            notice = Notice(notification_id(event.id, self._rules.channel, receiver), receiver, event, record)
            settled += self._inform(notice, now)
            if self._is_final(notice):
                continue
            waiting.add(notice.id)
            if notice.id in self._entries:
                continue
            settled += self._overtake(notice)
            decided = self._decided(notice, now)
            if decided is not None:
                settled.append(decided)
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
                settled += [self._end(entry, Reason.GROUPED, WHY[Reason.GROUPED]) for entry in entries]
        return tuple(settled)

    def reconsider(self, now: datetime) -> None:
        """Look anew at all that is kept back: people said something."""
        for entry in self._entries.values():
            if entry.is_held:
                entry.due = min(entry.due, now)

    def next(self, now: datetime) -> Deliver | Quieted | WaitUntil | None:
        """Return what to do: try a notice (it counts as in flight until `settle`), note what is not to be told, or wait."""
        heads = sorted((q[0] for q in self._queues.values() if not q[0].in_flight), key=lambda entry: entry.due)
        if not heads:
            return None
        if max(heads[0].due, self._paused_until or heads[0].due) > now:
            return WaitUntil(max(heads[0].due, self._paused_until or heads[0].due))
        silences = holding(self._said, now)
        quieted: list[Settled] = []
        for head in heads[:AT_ONCE]:
            if head.due > now:
                break
            quiet = self._quieted(head, silences, now)
            if quiet is not None:
                quieted += quiet
            elif quieted:
                break
            else:
                return self._deliver(head, now)
        return Quieted(tuple(quieted))

    def settle(self, notice: Notice, delivery: Delivery, now: datetime) -> Settled | None:
        """Take in how an attempt ended; return the outcome, or None when it is to be tried again."""
        entry = self._entries[notice.id]
        entry.in_flight = False
        entry.attempts += 1
        if not isinstance(delivery, Retry | Unrenderable):
            self._paused_until, self._channel_failures = None, 0
        match delivery:
            case Sent(detail):
                return self._tried(entry, Reason.ACCEPTED, detail, now)
            case Permanent(detail):
                return self._tried(entry, Reason.PERMANENT, detail, now)
            case Unrenderable(detail):
                return self._tried(entry, Reason.UNRENDERABLE, detail, now)
            case Retry():
                return self._put_off(entry, delivery, now)

    def drop(self, ids: Collection[str]) -> frozenset[str]:
        """Forget notices whose records another member of the group will read; return those in flight, which stay."""
        entries = [self._entries[each] for each in ids if each in self._entries]
        for entry in entries:
            if not entry.in_flight:
                self._remove(entry)
        return frozenset(entry.notice.id for entry in entries if entry.in_flight)

    def _is_final(self, notice: Notice) -> bool:
        if self._outcomes.is_final(notice.id, notice.record.timestamp):
            return True
        return self._outcomes.was_made_up_for(notice.id, *self._attempt_key(notice))

    def _decided(self, notice: Notice, now: datetime) -> Settled | None:
        """Return the outcome of a new notice that is not to be told, or None."""
        head = self._head(notice)
        if head is not None and head.is_late and not head.in_flight and _lasts(notice.event):
            return Settled(notice, Reason.SILENCED, 0, head.why(Reason.SILENCED), notice.event)
        reason = self._suppression(notice, now)
        return None if reason is None else Settled(notice, reason, 0, WHY[reason], notice.event)

    def _inform(self, notice: Notice, now: datetime) -> list[Settled]:
        """Take an event as news of what waits of its incident, also one that is read again."""
        event, settled = notice.event, []
        for entry in tuple(self._queues.get(notice.about, ())):
            if event.sequence <= entry.latest.sequence:
                continue
            if state_of(event) != RESOLVED:
                entry.latest = event
                entry.due = min(entry.due, now) if entry.is_held else entry.due
                continue
            entry.is_finished = True
            if entry.was_silenced and not entry.in_flight and not entry.attempts:
                settled.append(self._end(entry, Reason.OVER_IN_SILENCE, entry.why(Reason.OVER_IN_SILENCE)))
        return settled

    def _quieted(self, head: Entry, silences: Sequence[Silence], now: datetime) -> list[Settled] | None:
        """Return what was decided of a notice that people do not want to be told of; None if it is to be told."""
        notice, state = head.notice, state_of(head.notice.event)
        told = self._was_told(notice)
        if told and state == RESOLVED:
            return None
        seen = self._seen(head) if told and state == UPDATED else None
        if seen is not None:
            return [self._end(head, Reason.ACKNOWLEDGED, f"by {seen.by or 'somebody'}, {seen.id}")]
        covered = cover(head.latest, silences, now)
        if covered is None or (not head.is_held and self._held >= self._max_held):
            return None
        if state == RESOLVED or head.is_finished:
            return self._end_silently(head, covered)
        return self._hold(head, covered)

    def _hold(self, head: Entry, covered: Cover) -> list[Settled]:
        """Keep a notice back until its silence ends, and what is queued behind it for good."""
        is_news = not head.was_silenced
        self._held += not head.is_held
        head.is_held = head.was_silenced = True
        head.due, head.silenced_by = covered.until, covered.detail
        behind = [entry for entry in self._queues[head.notice.about] if entry is not head]
        return [
            *([head.settled(Reason.SILENCED, covered.detail, is_over=False)] if is_news else []),
            *(self._end(entry, Reason.SILENCED, head.why(Reason.SILENCED)) for entry in behind),
        ]

    def _end_silently(self, head: Entry, covered: Cover) -> list[Settled]:
        """End all of an incident that is over, and that nobody heard of in time; who was told of it hears of its end."""
        head.silenced_by, told = covered.detail, self._was_told(head.notice)
        return [
            self._end(entry, Reason.OVER_IN_SILENCE, head.why(Reason.OVER_IN_SILENCE))
            for entry in tuple(self._queues[head.notice.about])
            if not told or state_of(entry.notice.event) != RESOLVED
        ]

    def _deliver(self, head: Entry, now: datetime) -> Deliver:
        if head.is_held:
            self._held -= 1
            head.is_held, head.accepted_at = False, now
        head.in_flight = True
        latest = head.latest if head.is_late else None
        is_news = head.is_late and not self._was_told(head.notice)
        return Deliver(head.notice, Aside(latest, is_news, self._word(head)))

    def _word(self, head: Entry) -> Acknowledgement | None:
        """Return who has seen the incident. A group is nobody's to have seen."""
        return None if is_group(head.notice.event) else self._said.acknowledgements.get(incident_of(head.notice.event))

    def _seen(self, head: Entry) -> Acknowledgement | None:
        """Return who has seen an incident as grave as it is by now, of all that a receiver was told of it."""
        event, told = head.latest, self._outcomes.severity_told(*self._attempt_key(head.notice))
        if isinstance(event, GROUP_EVENTS) or not is_no_graver(event, told):
            return None
        return self._word(head)

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
        failed = self._outcomes.has_failed(*self._attempt_key(notice))
        return Reason.ORPHANED if failed else Reason.NEVER_TOLD

    def _knows(self, notice: Notice) -> bool:
        """True when the receiver was told of the incident, or is about to be."""
        return self._was_told(notice) or notice.about in self._queues

    def _was_told(self, notice: Notice) -> bool:
        return self._outcomes.was_told(*self._attempt_key(notice))

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
        for entry in tuple(self._queues.get(notice.about, ())):
            if entry.in_flight:
                continue
            if state_of(entry.notice.event) == UPDATED:
                settled.append(self._end(entry, Reason.SUPERSEDED, WHY[Reason.SUPERSEDED]))
            elif over and entry.stale and not entry.attempts:
                settled.append(self._end(entry, Reason.STALE, WHY[Reason.STALE]))
        return settled

    def _is_stale(self, record: Record, now: datetime) -> bool:
        return now - record.timestamp > timedelta(seconds=self._rules.stale_after_s)

    def _enqueue(self, notice: Notice, now: datetime) -> None:
        # What was kept back before a restart may be over by now: the rest of its incident is read first.
        was_silenced = self._outcomes.was_silenced(notice.id)
        stale = was_silenced or self._is_stale(notice.record, now)
        wait_s = self._rules.stale_settle_s if stale else self._wait_s(notice.event)
        due = now + timedelta(seconds=wait_s)
        entry = Entry(notice, accepted_at=now, due=due, stale=stale, latest=notice.event, was_silenced=was_silenced)
        self._entries[notice.id] = entry
        self._queues.setdefault(notice.about, deque()).append(entry)

    def _wait_s(self, event: Event) -> float:
        """Return how long a beginning waits for others that may turn out to have the same cause."""
        waits = not isinstance(event, GROUP_EVENTS) and state_of(event) == OPENED and may_join(event)
        return self._rules.group_wait_s if waits else 0.0

    def _put_off(self, entry: Entry, retry: Retry, now: datetime) -> Settled | None:
        delay_s = max(retry.after_s, _delay_s(self._rules.retry_after_s, entry.attempts))
        if retry.whole:
            self._channel_failures += 1
            delay_s = max(retry.after_s, _delay_s(self._rules.retry_after_s, self._channel_failures))
            self._paused_until = now + timedelta(seconds=delay_s)
        entry.due = now + timedelta(seconds=delay_s)
        if entry.due > entry.accepted_at + timedelta(seconds=self._rules.retry_horizon_s):
            return self._tried(entry, Reason.GAVE_UP, f"after {entry.attempts} attempts: {retry.detail}", now)
        return None

    def _tried(self, entry: Entry, reason: Reason, detail: str, now: datetime) -> Settled:
        """End a notice after an attempt."""
        attempt = Attempt(OUTCOMES[reason], now, entry.shown.severity)
        self._outcomes.note(*self._attempt_key(entry.notice), attempt)
        return self._end(entry, reason, detail)

    def _end(self, entry: Entry, reason: Reason, detail: str) -> Settled:
        self._remove(entry)
        return entry.settled(reason, detail)

    def _head(self, notice: Notice) -> Entry | None:
        queue = self._queues.get(notice.about)
        return queue[0] if queue else None

    def _attempt_key(self, notice: Notice) -> tuple[str, str, str]:
        return incident_of(notice.event), self._rules.channel, notice.receiver

    def _remove(self, entry: Entry) -> None:
        del self._entries[entry.notice.id]
        self._held -= entry.is_held
        key = entry.notice.about
        self._queues[key].remove(entry)
        if not self._queues[key]:
            del self._queues[key]


def _lasts(event: Event) -> bool:
    return not is_historical(event) and state_of(event) != RESOLVED


def _delay_s(delays_s: Sequence[float], failures: int) -> float:
    return delays_s[min(failures, len(delays_s)) - 1]
