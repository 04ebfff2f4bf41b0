"""All scopes of one Kafka partition, and their rows in the table: one for each incident and each open group. Pure.

Rows are kept in numbered slots, and a slot that is free is used again: so the table stays as large as it ever had to
be, and needs no tombstones, which compaction removes while a process that lost the partition still has the row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush

from msgspec import DecodeError, msgpack
from msgspec.structs import replace

from satark.detector.groups.census import Totals
from satark.detector.groups.model import Group, GroupRules, Member
from satark.detector.groups.notices import Counted, Due, Notice, scope_named
from satark.detector.groups.scope import Outcome, Scope
from satark.schemas.incident_groups import IncidentGroupEvent

FREE = b"-"
ASK_AGAIN = timedelta(seconds=30)
"""A decision that was asked for and did not come is asked for again: asking twice changes nothing."""

Write = tuple[bytes, bytes]
Row = Member | Group

_encoder = msgpack.Encoder()
_decoder: msgpack.Decoder[Row] = msgpack.Decoder(Row)


@dataclass(slots=True)
class Applied:
    """What follows from a notice: events to publish, then rows to write, in order; and whether it found no room."""

    events: list[IncidentGroupEvent] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    is_full: bool = False


class Partition:
    """The groups of one partition, begun from its rows of the table. `unreadable` counts rows that were none."""

    def __init__(self, number: int, rules: GroupRules, rows: Iterable[Write], now: datetime) -> None:
        self._prefix = prefix(number)
        self._rules = rules
        self._slots: dict[str, int] = {}
        self._free: list[int] = []
        self._next = 0
        self._due: dict[str, datetime] = {}
        self._totals: dict[str, Totals] = {}
        self.unreadable = 0
        self._scopes = self._read(rows)
        for name, scope in self._scopes.items():
            if scope.is_unsettled:
                self._due[name] = now + timedelta(seconds=rules.settle_s)

    @property
    def open_groups(self) -> int:
        """How many groups are open."""
        return sum(len(scope.groups) for scope in self._scopes.values())

    def apply(self, notice: Notice, now: datetime) -> Applied:
        """Take in a notice; `now` is when it was written."""
        name = scope_named(notice)
        if isinstance(notice, Counted):
            self._totals.setdefault(name, Totals()).take(notice, now)
            return Applied()
        scope = self._scopes.setdefault(name, Scope(self._rules))
        if isinstance(notice, Due):
            self._due.pop(name, None)
            outcome = scope.decide(now)
        else:
            outcome = scope.fold(notice.member)
            if scope.is_unsettled:
                self._due.setdefault(name, now + timedelta(seconds=self._rules.settle_s))
        if not len(scope):
            del self._scopes[name]
        events = [self._with_total(name, event, now) for event in outcome.events]
        return Applied(events, self._writes(outcome), outcome.is_full)

    def _with_total(self, scope: str, event: IncidentGroupEvent, now: datetime) -> IncidentGroupEvent:
        """Return the event with how many entities share its value, if that was told, and is not fewer than are members."""
        total = self._totals[scope].of((event.dimension, event.value), now) if scope in self._totals else 0
        return replace(event, total_count=total) if total >= event.member_count else event

    def due(self, now: datetime) -> tuple[Due, ...]:
        """Return the decisions that it is time for. Each is asked for again when it does not come.

        What lies further ahead than any is planned comes of a clock that was ahead, and is asked for now.
        """
        longest = max(ASK_AGAIN, timedelta(seconds=self._rules.settle_s))
        names = [name for name, at in self._due.items() if not timedelta(0) < at - now <= longest]
        for name in names:
            self._due[name] = now + ASK_AGAIN
        return tuple(Due(scope=name) for name in names)

    def _read(self, rows: Iterable[Write]) -> dict[str, Scope]:
        members: dict[str, list[Member]] = {}
        groups: dict[str, list[Group]] = {}
        for key, raw in rows:
            row, slot = self._decoded(raw), int(key.removeprefix(self._prefix))
            self._next = max(self._next, slot + 1)
            if row is None:
                heappush(self._free, slot)
                continue
            self._slots[_id(row)] = slot
            if isinstance(row, Member):
                members.setdefault(row.scope, []).append(row)
            else:
                groups.setdefault(row.scope, []).append(row)
        names = members.keys() | groups.keys()
        return {name: Scope(self._rules, members.get(name, ()), groups.get(name, ())) for name in sorted(names)}

    def _decoded(self, raw: bytes) -> Row | None:
        if raw == FREE:
            return None
        try:
            return _decoder.decode(raw)
        except DecodeError:
            self.unreadable += 1
            return None

    def _writes(self, outcome: Outcome) -> list[Write]:
        writes = [(self._key(_id(row)), _encoder.encode(row)) for row in outcome.rows]
        for identity in outcome.gone:
            writes.append((self._key(identity), FREE))
            heappush(self._free, self._slots.pop(identity))
        return writes

    def _key(self, identity: str) -> bytes:
        slot = self._slots.get(identity)
        if slot is None:
            slot = self._slots[identity] = self._vacant()
        return self._prefix + str(slot).encode()

    def _vacant(self) -> int:
        if self._free:
            return heappop(self._free)
        self._next += 1
        return self._next - 1


def prefix(number: int) -> bytes:
    """Return how the keys of a partition's rows begin."""
    return b"%d/" % number


def _id(row: Row) -> str:
    return row.about.incident if isinstance(row, Member) else row.id
