"""What records of the compacted topics make of the mirror, one after the other. Pure.

A key belongs to one partition, and within it the last record counts: neither the interleaving of partitions nor what
compaction has left out or still has twice makes a difference. When partitions are added the rows of an object may move,
and always to a greater one (docs/adr/0027).
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from satark.analytics.mirror.kept import Kept, word_of
from satark.analytics.mirror.tables import Held, Table
from satark.runtime.records import Record
from satark.schemas import topics
from satark.uve.filters import ALARMS
from satark.uve.rows import of_key
from satark.uve.tables import split_key

TOPICS = (topics.UVE_STATES, topics.UVE_CHANGELOG, topics.GENERATORS, topics.ANOMALIES)
"""What is mirrored."""

ROW_BYTES = 400
"""What a row costs beside its value (names, dictionaries, heads of objects): of objects with one share; others cost less."""

_ALARMS_INSIDE = b'"alarms":['


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is held. A row over it is left out, and what it replaces is forgotten: better nothing than what was."""

    memory_bytes: int = 4_000_000_000
    incidents: int = 1_000


class Outcome(StrEnum):
    """What became of a record; a label of a metric."""

    KEPT = "kept"
    REMOVED = "removed"
    PASSED = "passed"
    UNREADABLE = "unreadable"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class StateChanged:
    """An object's state was this and is that, encoded; None: there is none."""

    entity: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class IncidentTold:
    """Something happened to an incident; `event` is that of the contract, encoded."""

    incident: str
    event: bytes


Change = StateChanged | IncidentTold


class Mirror:
    """All that is held. `size` is the memory that it takes, in bytes, as far as it is counted.

    `ready` says whether everything that was there at the start has been read, `reading` in words how far that has come,
    `silence` since when no broker answers.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._tables: dict[str, Table] = {}
        self._generators: dict[str, bytes] = {}
        self.incidents = Kept(self._limits.incidents)
        self.outcomes = dict.fromkeys(Outcome, 0)
        self.objects = self.shares = self.size = 0
        self.ready = False
        self.reading = "the objects have not been read yet"
        self.silence = ""

    @property
    def generators(self) -> dict[str, bytes]:
        """The newest session of each generator by its name, encoded (`GeneratorSession`)."""
        return self._generators

    @property
    def lacking(self) -> str:
        """Why there may be more than is held, or something newer; empty when there is no reason."""
        left_out = self.outcomes[Outcome.LEFT_OUT]
        full = f"{left_out} rows were left out for lack of memory" if left_out else ""
        return "; ".join(filter(None, (self.reading, self.silence, full)))

    def tables(self) -> Sequence[str]:
        """Return the raw names of the tables in which there are objects, in order."""
        return sorted(self._tables)

    def table(self, raw: str) -> Table:
        """Return a table, an empty one for a name that is not known."""
        return self._tables.get(raw) or Table()

    def get(self, entity: str) -> Held | None:
        """Return what is held of an object, None if nobody says anything of it."""
        table, name = split_key(entity)
        held = self.table(table).objects.get(name)
        return held if held is not None and held.exists else None

    def keys(self) -> Iterator[str]:
        """Yield the keys of all objects, by table and name in order."""
        for raw in self.tables():
            yield from (f"{raw}:{name}" for name in self.table(raw))

    def apply(self, record: Record) -> Change | None:
        """Take in a record; return what changed for those who listen."""
        try:
            outcome, change = self._taken(record)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            outcome, change = Outcome.UNREADABLE, None
        self.outcomes[outcome] += 1
        return change

    def _taken(self, record: Record) -> tuple[Outcome, Change | None]:
        key = record.key or b""
        match record.topic:
            case topics.UVE_STATES:
                return self._state(key.decode(), record.value)
            case topics.UVE_CHANGELOG:
                return self._row(key, record.value, record.partition), None
            case topics.GENERATORS:
                return self._generator(key.decode(), record.value), None
            case _:
                return self._incident(record.value)

    def _state(self, entity: str, value: bytes | None) -> tuple[Outcome, Change | None]:
        held, name, table = self._held(entity)
        before = held.state
        outcome, kept = self._weighed(before, value)
        held.state = kept
        self._mark(table, name, held)
        self._settle(table, name, held)
        return outcome, None if before == kept else StateChanged(entity, before, kept)

    def _row(self, key: bytes, value: bytes | None, partition: int) -> Outcome:
        kind, entity, *share = of_key(key)
        if kind not in {"share", "counters"}:
            return Outcome.PASSED
        held, name, table = self._held(entity)
        if partition < held.partition:
            return Outcome.PASSED
        if partition > held.partition:
            self._moved(held, partition)
        if kind == "counters":
            outcome, held.counters = self._weighed(held.counters, value)
        else:
            struct, generator = share
            outcome = self._share(held, (sys.intern(struct), sys.intern(generator)), value)
            if struct == ALARMS[0]:
                self._mark(table, name, held)
        self._settle(table, name, held)
        return outcome

    def _moved(self, held: Held, partition: int) -> None:
        """Forget rows that an object left behind when there came more partitions; where it is now are all of them."""
        for share in tuple(held.shares):
            self._share(held, share, None)
        _, held.counters = self._weighed(held.counters, None)
        held.partition = partition

    def _share(self, held: Held, key: tuple[str, str], value: bytes | None) -> Outcome:
        before = held.shares.get(key)
        outcome, kept = self._weighed(before, value)
        self.shares += (kept is not None) - (before is not None)
        if kept is None:
            held.shares.pop(key, None)
        else:
            held.shares[key] = kept
        return outcome

    def _generator(self, name: str, value: bytes | None) -> Outcome:
        outcome, kept = self._weighed(self._generators.get(name), value)
        if kept is None:
            self._generators.pop(name, None)
        else:
            self._generators[name] = kept
        return outcome

    def _incident(self, value: bytes | None) -> tuple[Outcome, Change | None]:
        if value is None:
            return Outcome.PASSED, None
        incident = word_of(value).incident
        self.incidents.put(incident, value)
        return Outcome.KEPT, IncidentTold(incident, value)

    def _held(self, entity: str) -> tuple[Held, str, str]:
        raw, name = split_key(entity)
        table = self._tables.get(raw)
        if table is None:
            table = self._tables[sys.intern(raw)] = Table()
        before = len(table.objects)
        held = table.held(name)
        self.objects += len(table.objects) - before
        return held, name, raw

    def _mark(self, raw: str, name: str, held: Held) -> None:
        """Note whether an object may have alarms; most have none, and are not looked at twice."""
        alarmed = self._tables[raw].alarmed
        if (held.state is not None and _ALARMS_INSIDE in held.state) or any(
            struct == ALARMS[0] for struct, _ in held.shares
        ):
            alarmed.add(name)
        else:
            alarmed.discard(name)

    def _settle(self, raw: str, name: str, held: Held) -> None:
        """Forget an object of which nothing is held any more."""
        if held.exists or held.counters is not None:
            return
        table = self._tables[raw]
        table.remove(name)
        self.objects -= 1
        if not table.objects:
            del self._tables[raw]

    def _weighed(self, before: bytes | None, after: bytes | None) -> tuple[Outcome, bytes | None]:
        """Account for a value in place of another; return what is kept of it."""
        if before is not None:
            self.size -= len(before) + ROW_BYTES
        if after is None:
            return Outcome.REMOVED, None
        if self.size + len(after) + ROW_BYTES > self._limits.memory_bytes:
            return Outcome.LEFT_OUT, None
        self.size += len(after) + ROW_BYTES
        return Outcome.KEPT, after
