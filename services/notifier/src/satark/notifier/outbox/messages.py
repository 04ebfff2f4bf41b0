"""Which notices go into one message, and when it may go. Pure.

A route's `group_by` puts what shares its labels into one message, at most one each `group_interval`. Without it each
incident has a message of its own, until more than `digest_above` wait for a target or its bucket is empty: then what
waits goes into a digest.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from satark.notifier.outbox.notices import Entry, Rules
from satark.notifier.outbox.pace import Pace
from satark.notifier.outbox.queues import Queues
from satark.notifier.outbox.silences import GRAVITY
from satark.notifier.outbox.turns import Shared, place_of
from satark.notifier.telling import Part, Telling

MAX_PARTS = 2_000
"""In one digest. Its table names the gravest only; an outcome is written for each."""


@dataclass(frozen=True, slots=True)
class Message:
    """Notices that go together. `shared` is what `group_by` says they share."""

    entries: tuple[Entry, ...]
    shared: Shared = ()


class Messages:
    """Puts what is due into messages."""

    def __init__(self, rules: Rules, pace: Pace, queues: Queues) -> None:
        self._rules = rules
        self._pace = pace
        self._queues = queues

    def message(self, head: Entry, now: datetime) -> Message | datetime:
        """Return the message that a notice that is due goes into, or when it may go at the earliest."""
        if head.together:
            again = (entry for each in sorted(head.together) if (entry := self._queues.get(each)))
            return Message(tuple(entry for entry in again if entry is head or not entry.is_held), _shared(head))
        if head.attempts:
            return Message((head,))
        beside = self._queues.turns.beside(head)
        if head.notice.policy.group_by is not None:
            return self._until_next_digest(head, now) or Message(_some(beside), _shared(head))
        return self._one_or_storm(head, beside, now)

    def _one_or_storm(self, head: Entry, beside: Collection[Entry], now: datetime) -> Message | datetime:
        if len(beside) > self._rules.digest_above:
            return self._until_next_digest(head, now) or Message(_some(beside))
        free_at = self._pace.free_at(head.notice.target.key)
        if free_at > now:
            head.was_paced = True
            return free_at
        return Message(_some(beside) if head.was_paced else (head,))

    def _until_next_digest(self, head: Entry, now: datetime) -> datetime | None:
        """Return when the thread of a digest may have its next message, None if now."""
        thread = Telling(head.notice.target, (), _shared(head)).thread
        last = self._pace.last(head.notice.target.key, thread)
        if last is None:
            return None
        due = last + timedelta(seconds=head.notice.policy.group_interval_s)
        return due if due > now else None


def parts_in_order(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts of a message, the gravest first, then by time."""
    return tuple(sorted(parts, key=lambda part: (-GRAVITY[part.shown.severity], part.shown.opened_at, part.id)))


def _shared(head: Entry) -> Shared:
    return place_of(head)[2] or ()


def _some(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(islice(entries, MAX_PARTS))
