"""The outbox: decides for each incident event and target whether to tell, when to try again, and when to stop.

Theory of operation. Each pair of an incident and a target has a queue, so that an incident is told in its order. The
head of a queue is tried when it is due, alone or with others in one message (`messages`). *Sent* and *permanent* end
it. *Retry* puts it off, longer each time, until the horizon. A retry that concerns a whole endpoint pauses all queues
of that endpoint; the first attempt after the pause shows whether it is over. An event whose publication is older than
the stale limit first waits a little for the rest of its incident to be read: an old incident that is over is not told
any more, one that lasts is told however old it is. What is historical is told to nobody, and the end of an incident
only to those who were told of the incident. Where that failed the end fails too, so that the dead letters hold both,
and a replay tells both.
A beginning waits a little for others of the same cause: what turns out to be one of a group is told with the group only.

What is kept back when it is due (`quiet`) waits until that is over, and is then told as the incident is by then; its
record counts as done only then, so that a restart keeps it back again. What comes of the incident meanwhile is news of
what is kept back, also when it is read for a second time. An end takes away what nobody was told of.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, islice

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent, Unrenderable
from satark.notifier.events import OPENED, RESOLVED, UPDATED, Event, is_historical, lasts, state_of
from satark.notifier.outbox.clock import SetBack
from satark.notifier.outbox.deciding import Deciding
from satark.notifier.outbox.grouping import Groups, may_join
from satark.notifier.outbox.instead import Patience, fallbacks, may_fall_back
from satark.notifier.outbox.keeper import MAX_HELD, Keeper
from satark.notifier.outbox.messages import Message, Messages, parts_in_order
from satark.notifier.outbox.notices import (
    FOLLOW_UPS,
    KEEPERS,
    OUTCOMES,
    WHY,
    Accepted,
    Concluded,
    Deliver,
    Entry,
    FallBack,
    Notice,
    Quieted,
    Reason,
    Rules,
    Settled,
    WaitUntil,
)
from satark.notifier.outbox.outcomes import Attempt, Outcomes
from satark.notifier.outbox.pace import Pace
from satark.notifier.outbox.pauses import Pauses, delay_s
from satark.notifier.outbox.queues import Queues
from satark.notifier.outbox.quiet import Inhibitor, nothing_inhibits
from satark.notifier.outbox.routes import legs_of
from satark.notifier.outbox.silences import holding
from satark.notifier.outbox.subjects import GROUP_EVENTS, names_all
from satark.notifier.routing.model import Routing
from satark.notifier.telling import Aside, Occasion, Part, Telling
from satark.runtime.records import Record
from satark.runtime.said import Said
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.notifications import notification_id

AT_ONCE = 500
"""Notices that are looked at in one go, so that a silence over a whole estate stops nothing else for long."""


class Outbox:
    """All notices that are not over yet."""

    def __init__(
        self,
        rules: Rules,
        routing: Routing,
        outcomes: Outcomes,
        said: Said | None = None,
        *,
        inhibitor: Inhibitor = nothing_inhibits,
        max_held: int = MAX_HELD,
    ) -> None:
        self.pace = Pace(rules)
        self._rules = rules
        self._routing = routing
        self._outcomes = outcomes
        self._said = Said() if said is None else said
        self._groups = Groups()
        self._queues = Queues()
        self._pauses = Pauses()
        self._patience = Patience(self._queues, rules.fallback_after_s)
        self._clock = SetBack(self._queues, self._pauses, self.pace, self._patience)
        self._messages = Messages(rules, self.pace, self._queues)
        self._deciding = Deciding(rules, outcomes, self._queues, self._groups)
        self._keeper = Keeper(self._queues, self._deciding, outcomes, self._said, inhibitor, max_held=max_held)

    def __len__(self) -> int:
        return len(self._queues)

    @property
    def pending(self) -> int:
        """How many notices wait for delivery: none of those that are kept back."""
        return len(self._queues) - self._queues.held

    @property
    def held(self) -> int:
        """How many notices are kept back."""
        return self._queues.held

    def reroute(self, routing: Routing) -> None:
        """Route what comes from now on by another tree; what waits goes where it was to go."""
        self._routing = routing

    def accept(self, event: Event, record: Record, now: datetime) -> Accepted:
        """Take in an event; one that was told, or is waiting already, is not taken in again.

        A group's ends what waits of its members: it is due at once, and would take them along as a digest.
        """
        self._clock.look(now)
        waiting: set[str] = set()
        settled: list[Settled] = list(self.absorb(event)) if isinstance(event, GROUP_EVENTS) else []
        for leg in legs_of(event, self._routing, self._outcomes, self._queues):
            name = notification_id(event.id, *leg.target.key)
            notice = Notice(name, leg.target, leg.policy, event, record)
            settled += self._inform(notice, now)
            if self._is_final(notice):
                waiting |= self._still_instead(notice, now)
                continue
            waiting.add(notice.id)
            if self._queues.get(notice.id):
                continue
            settled += self._overtake(notice, now)
            decided = self._decided(notice, now)
            if decided is not None:
                settled.append(decided)
            else:
                self._enqueue(notice, now)
        return Accepted(frozenset(waiting), tuple(settled))

    def follow_up(self, notice: Notice, now: datetime) -> bool:
        """Take in a reminder or an escalation; return False if it was dealt with already."""
        if self._is_final(notice):
            return False
        if not self._queues.get(notice.id):
            self._enqueue(notice, now)
        return True

    def absorb(self, group: IncidentGroupEvent) -> tuple[Settled, ...]:
        """Learn of a group; end what waits to be told of its members, where nobody was told of them yet."""
        self._groups.learn(group)
        settled: list[Settled] = []
        members = [member.incident for member in group.members] if names_all(group) else None
        for entries in self._queues.every(members):
            first = entries[0].notice
            is_begun = self._deciding.was_told(first) or any(each.in_flight or each.attempts for each in entries)
            if not is_begun and self._deciding.is_member(first):
                settled += [self._end(entry, Reason.GROUPED, WHY[Reason.GROUPED]) for entry in entries]
        return tuple(settled)

    def reconsider(self, now: datetime) -> None:
        """Look anew at all that is kept back: people said something."""
        for entry in self._queues:
            if entry.is_held:
                self._queues.plan(entry, min(entry.due, now))

    def unexplain(self, incident: str, now: datetime) -> bool:
        """Look anew at what an incident that is over explained; return False if that is nothing."""
        explained = self._queues.explained(incident)
        for entry in explained:
            self._queues.plan(entry, min(entry.due, now))
        return bool(explained)

    def next(self, now: datetime, busy: Collection[str] = ()) -> Deliver | Quieted | FallBack | WaitUntil | None:
        """Return what to do: try a message (its notices are in flight until `settle`), note what was decided, or wait.

        What goes by an endpoint in `busy` is left out.
        """
        self._clock.look(now)
        self._queues.turns.wake(now)
        if instead := self._fall_back(now):
            return FallBack(tuple(instead))
        found = self._look(now, busy)
        if found is not None:
            return found
        times = (self._queues.turns.next_due(busy, self._pauses), self._patience.next_end())
        time = min((each for each in times if each is not None), default=None)
        return None if time is None else WaitUntil(time)

    def settle(self, telling: Telling, delivery: Delivery, now: datetime) -> Concluded:
        """Take in how an attempt ended: what is over, what a fallback is told of; the rest is to be tried again."""
        endpoint = telling.target.endpoint
        entries = [entry for part in telling.parts if (entry := self._queues.get(part.id))]
        for entry in entries:
            entry.in_flight = False
            entry.attempts += 1
        if isinstance(delivery, Retry):
            return self._put_off(entries, delivery, now)
        if not isinstance(delivery, Unrenderable):
            self._pauses.over(endpoint)
        match delivery:
            case Sent():
                return self._sent(telling, entries, delivery, now)
            case Permanent(detail):
                return self._failed(entries, Reason.PERMANENT, detail, now)
            case Unrenderable(detail):
                return self._failed(entries, Reason.UNRENDERABLE, detail, now)

    def drop(self, ids: Collection[str]) -> frozenset[str]:
        """Forget notices whose records another member of the group will read; return those in flight, which stay."""
        entries = [entry for each in ids if (entry := self._queues.get(each))]
        for entry in entries:
            if not entry.in_flight:
                self._queues.remove(entry)
        return frozenset(entry.notice.id for entry in entries if entry.in_flight)

    def follow_ups(self) -> frozenset[str]:
        """Return the ids of the reminders and escalations that wait: no record will bring them again."""
        return frozenset(entry.notice.id for entry in self._queues if entry.notice.record is None)

    def _look(self, now: datetime, busy: Collection[str]) -> Deliver | Quieted | None:
        """Return what to do of what is due; None if all of it may go later only."""
        silences = holding(self._said, now)
        quieted: list[Settled] = []
        kept_some = False
        for head in islice(self._queues.turns.taken(now, busy, self._pauses), AT_ONCE):
            if (quiet := self._keeper.quieted(head, silences, now)) is not None:
                quieted += quiet
                kept_some = True
                continue
            message = self._messages.message(head, now)
            if isinstance(message, datetime):
                self._queues.plan(head, message)
                continue
            others = (entry for entry in message.entries if entry is not head)
            kept = [each for other in others if (each := self._keeper.quieted(other, silences, now)) is not None]
            if not kept and not quieted:
                return self._deliver(message, now)
            self._queues.plan(head)
            return Quieted((*quieted, *chain.from_iterable(kept)))
        return Quieted(tuple(quieted)) if quieted or kept_some else None

    def _is_final(self, notice: Notice) -> bool:
        if self._outcomes.is_final(notice.id, notice.published_at):
            return True
        return self._outcomes.was_made_up_for(notice.id, *notice.about)

    def _decided(self, notice: Notice, now: datetime) -> Settled | None:
        """Return the outcome of a new notice that is not to be told, or None."""
        head = self._queues.head(notice.about)
        if head is not None and head.is_late and not head.in_flight and lasts(notice.event):
            return Settled(notice, head.keeper, 0, head.why(Reason.SILENCED), notice.event)
        reason = self._deciding.suppression(notice, now)
        return None if reason is None else Settled(notice, reason, 0, WHY[reason], notice.event)

    def _inform(self, notice: Notice, now: datetime) -> list[Settled]:
        """Take an event as news of what waits of its incident, also one that is read again."""
        event, settled = notice.event, []
        for entry in self._queues.of(notice.about):
            if event.sequence <= entry.latest.sequence:
                continue
            if state_of(event) != RESOLVED:
                entry.latest = event
                if entry.is_held or entry.notice.policy.group_by is not None:
                    self._queues.plan(entry, min(entry.due, now) if entry.is_held else entry.due)
                continue
            entry.is_finished = True
            if entry.was_kept and not entry.in_flight and not entry.attempts:
                settled.append(self._end(entry, Reason.OVER_IN_SILENCE, entry.why(Reason.OVER_IN_SILENCE)))
        return settled

    def _deliver(self, message: Message, now: datetime) -> Deliver:
        parts = []
        together = frozenset(entry.notice.id for entry in message.entries)
        for entry in message.entries:
            entry.accepted_at = now if entry.is_held else entry.accepted_at
            self._queues.send(entry)
            entry.together = together if len(together) > 1 else frozenset()
            parts.append(Part(entry.notice.id, entry.notice.event, self._aside(entry)))
        return Deliver(Telling(message.entries[0].notice.target, parts_in_order(parts), message.shared))

    def _aside(self, entry: Entry) -> Aside:
        """Return what is to be said beside an event."""
        return replace(
            entry.notice.aside,
            latest=entry.latest if entry.is_late else None,
            is_news=entry.is_news or (entry.is_late and not self._deciding.was_told(entry.notice)),
            seen=self._keeper.word(entry),
            kept_back_by=KEEPERS[entry.keeper] if entry.is_late else "",
        )

    def _overtake(self, notice: Notice, now: datetime) -> list[Settled]:
        """End the waiting notices that an event of the same incident makes pointless."""
        if is_historical(notice.event) or state_of(notice.event) == OPENED:
            return []
        if self._deciding.suppression(notice, now) is Reason.NOT_TOLD_ON and state_of(notice.event) == UPDATED:
            return []  # what is not told itself takes the place of nothing
        over = state_of(notice.event) == RESOLVED
        settled = []
        for entry in self._queues.of(notice.about):
            if entry.in_flight:
                continue
            is_event = entry.notice.aside.occasion is Occasion.EVENT
            is_change = is_event and state_of(entry.notice.event) == UPDATED and not entry.is_news
            is_reminder = over and entry.notice.aside.occasion in FOLLOW_UPS and not entry.attempts
            if is_change or is_reminder:
                settled.append(self._end(entry, Reason.SUPERSEDED, WHY[Reason.SUPERSEDED]))
            elif over and entry.stale and not entry.attempts:
                settled.append(self._end(entry, Reason.STALE, WHY[Reason.STALE]))
        return settled

    def _enqueue(self, notice: Notice, now: datetime) -> None:
        # What was kept back before a restart may be over by now: the rest of its incident is read first.
        was_kept = self._outcomes.was_silenced(notice.id)
        stale = was_kept or self._deciding.is_stale(notice.record, now)
        wait_s = self._rules.stale_settle_s if stale else self._wait_s(notice)
        due = now + timedelta(seconds=wait_s)
        entry = Entry(notice, accepted_at=now, due=due, stale=stale, latest=notice.event, was_kept=was_kept)
        entry.is_news = self._deciding.is_news(notice)
        self._queues.add(entry)

    def _wait_s(self, notice: Notice) -> float:
        """Return how long a notice waits for others that go with it: of the same cause, or of the same digest."""
        event, policy = notice.event, notice.policy
        if state_of(event) == RESOLVED:
            return policy.group_interval_s if self._outcomes.was_in_digest(*notice.about) else 0.0
        if notice.aside.occasion is not Occasion.EVENT or state_of(event) != OPENED:
            return 0.0
        is_alone = isinstance(event, GROUP_EVENTS) or not (may_join(event) or event.alarm)
        return 0.0 if is_alone and policy.group_by is None else policy.group_wait_s

    def _put_off(self, entries: Sequence[Entry], retry: Retry, now: datetime) -> Concluded:
        settled: list[Settled] = []
        instead: list[Notice] = []
        paused_s = self._pauses.failed(entries[0].notice.target.endpoint, retry, self._rules, now) if entries else None
        for entry in entries:
            later_s = paused_s or max(retry.after_s, delay_s(self._rules.retry_after_s, entry.attempts))
            self._queues.plan(entry, now + timedelta(seconds=later_s))
            self._patience.put_off(entry)
            if entry.due > entry.accepted_at + timedelta(seconds=self._rules.retry_horizon_s):
                instead += self._instead(entry, now)
                detail = f"after {entry.attempts} attempts: {retry.detail}"
                settled.append(self._tried(entry, Reason.GAVE_UP, detail, now))
        return Concluded(tuple(settled), (*instead, *self._fall_back(now)))

    def _sent(self, telling: Telling, entries: Sequence[Entry], sent: Sent, now: datetime) -> Concluded:
        is_grouped = telling.is_digest or any(entry.notice.policy.group_by is not None for entry in entries)
        thread = telling.thread if is_grouped else None
        message_id = sent.message_id or telling.id
        self.pace.sent(telling.target.key, message_id, thread, now)
        return Concluded(
            tuple(
                replace(
                    self._tried(entry, Reason.ACCEPTED, sent.detail, now, in_digest=is_grouped),
                    message_id=message_id,
                    thread=thread,
                )
                for entry in entries
            )
        )

    def _failed(self, entries: Sequence[Entry], reason: Reason, detail: str, now: datetime) -> Concluded:
        instead = [notice for entry in entries for notice in self._instead(entry, now)]
        return Concluded(tuple(self._tried(entry, reason, detail, now) for entry in entries), tuple(instead))

    def _fall_back(self, now: datetime) -> list[Notice]:
        return [notice for entry in self._patience.over(now) for notice in self._instead(entry, now)]

    def _instead(self, entry: Entry, now: datetime) -> list[Notice]:
        """Let the fallback of a receiver be told, once; return the notices that this makes."""
        if not may_fall_back(entry):
            return []
        entry.has_fallen_back = True
        made = [each for each in self._fallbacks(entry.notice) if not self._queues.get(each.id)]
        for each in made:
            self._enqueue(each, now)
        return made

    def _still_instead(self, notice: Notice, now: datetime) -> set[str]:
        """Return what is told instead of a notice that failed; a crash may have come before it was."""
        is_orphan = state_of(notice.event) == RESOLVED and not self._deciding.was_told(notice)
        if is_orphan or not notice.target.fallback or not self._outcomes.failed(notice.id):
            return set()
        made = self._fallbacks(notice)
        for each in made:
            if not self._queues.get(each.id):
                self._enqueue(each, now)
        return {each.id for each in made}

    def _fallbacks(self, notice: Notice) -> list[Notice]:
        """Return what the fallback of a notice's receiver is to be told, and was not."""
        return [each for each in fallbacks(notice, self._routing) if not self._is_final(each)]

    def _tried(self, entry: Entry, reason: Reason, detail: str, now: datetime, *, in_digest: bool = False) -> Settled:
        """End a notice after an attempt."""
        attempt = Attempt(OUTCOMES[reason], now, entry.shown.severity, in_digest=in_digest)
        self._outcomes.note(*entry.notice.about, attempt)
        return self._end(entry, reason, detail)

    def _end(self, entry: Entry, reason: Reason, detail: str) -> Settled:
        self._queues.remove(entry)
        return entry.settled(reason, detail)
