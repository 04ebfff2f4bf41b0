"""Which notices go into one message, and when it may go. Pure.

A route's `group_by` puts what shares its labels into one message, at most one each `group_interval`. Without it each
incident has a message of its own, until more than `digest_above` wait for a target or its bucket is empty: then what
waits goes into a digest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from satark.notifier.outbox.notices import Entry, Rules
from satark.notifier.outbox.pace import Key, Pace
from satark.notifier.outbox.silences import GRAVITY
from satark.notifier.outbox.subjects import shared
from satark.notifier.telling import Part, Telling

MAX_PARTS = 2_000
"""In one digest. Its table names the gravest only; an outcome is written for each."""

Shared = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """Notices that go together. `shared` is what `group_by` says they share."""

    entries: tuple[Entry, ...]
    shared: Shared = ()


class Waiting:
    """What waits for each target, as one look finds it: heads that are not in flight, not kept back, and not put off."""

    def __init__(self, heads: Iterable[Entry], rules: Rules, pace: Pace, now: datetime) -> None:
        self._rules = rules
        self._pace = pace
        self._single: dict[Key, list[Entry]] = {}
        self._grouped: dict[tuple[Key, str, Shared], list[Entry]] = {}
        self._by_id: dict[str, Entry] = {}
        for head in heads:
            self._by_id[head.notice.id] = head
            is_for_later = (head.stale or head.is_held) and head.due > now
            if head.attempts or head.in_flight or is_for_later:
                continue
            if head.notice.policy.group_by is None:
                self._single.setdefault(key_of(head), []).append(head)
            else:
                self._grouped.setdefault(_group_of(head), []).append(head)

    def message(self, head: Entry, now: datetime) -> Message | datetime:
        """Return the message that a notice that is due goes into, or when it may go at the earliest."""
        if head.together:
            again = (self._by_id[each] for each in sorted(head.together) if each in self._by_id)
            return Message(tuple(entry for entry in again if entry is head or not entry.is_held), self._shared(head))
        if head.attempts:
            return Message((head,))
        if head.notice.policy.group_by is not None:
            return self._group(head, now)
        return self._one_or_storm(head, now)

    def _shared(self, head: Entry) -> Shared:
        return () if head.notice.policy.group_by is None else _group_of(head)[2]

    def _group(self, head: Entry, now: datetime) -> Message | datetime:
        group = _group_of(head)
        wait = self._until_next_digest(head, group[2], now)
        return wait or Message(tuple(self._grouped[group][:MAX_PARTS]), group[2])

    def _one_or_storm(self, head: Entry, now: datetime) -> Message | datetime:
        key = key_of(head)
        waiting = self._single[key]
        if len(waiting) > self._rules.digest_above:
            return self._until_next_digest(head, (), now) or Message(tuple(waiting[:MAX_PARTS]))
        free_at = self._pace.free_at(key)
        if free_at > now:
            head.was_paced = True
            return free_at
        return Message(tuple(waiting[:MAX_PARTS]) if head.was_paced else (head,))

    def _until_next_digest(self, head: Entry, common: Shared, now: datetime) -> datetime | None:
        """Return when the thread of a digest may have its next message, None if now."""
        thread = Telling(head.notice.target, (), common).thread
        last = self._pace.last(key_of(head), thread)
        if last is None:
            return None
        due = last + timedelta(seconds=head.notice.policy.group_interval_s)
        return due if due > now else None


def parts_in_order(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts of a message, the gravest first, then by time."""
    return tuple(sorted(parts, key=lambda part: (-GRAVITY[part.shown.severity], part.shown.opened_at, part.id)))


def key_of(entry: Entry) -> Key:
    """Return the target that an entry is for."""
    return entry.notice.target.channel, entry.notice.target.name


def _group_of(entry: Entry) -> tuple[Key, str, Shared]:
    policy = entry.notice.policy
    return key_of(entry), policy.route, shared(entry.latest, policy.group_by or ())
