"""From messages to frames that wait: numbering, cache, limits, counting. No sockets and no clocks (clauses 4.5, 4.7)."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from satark.sandesh.generator.counters import MessageCounters
from satark.sandesh.generator.identities import Key, UveError, identity_of, key_of
from satark.sandesh.generator.parameters import LoggingParams, RateLimits, SendingParams, refusal
from satark.sandesh.generator.statistics import Derivation, Timeouts, cycle_of, plan_of
from satark.sandesh.generator.uves import Entry, UveCache, deletion_of
from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.queue import BATCH_BYTES, Outgoing, SendQueue
from satark.sandesh.session.sequences import SequenceNumbers
from satark.sandesh.types import Header, Hint, Kind, Level, Message, UveMessage, attributes
from satark.sandesh.wire.errors import EncodeError, FrameTooLargeError
from satark.sandesh.wire.frame import DEFAULT_MAX_FRAME_BYTES
from satark.sandesh.wire.xml import encode, header_of

_LEVELS = {Kind.UVE: Level.SYS_NOTICE, Kind.DYNAMICUVE: Level.SYS_NOTICE, Kind.ALARM: Level.SYS_NOTICE}
_LEVELS |= {Kind.TRACE: Level.SYS_DEBUG, Kind.TRACEOBJECT: Level.SYS_DEBUG}
_LEVELS |= {Kind.REQUEST: Level.INVALID, Kind.RESPONSE: Level.INVALID}


@dataclass(frozen=True, slots=True)
class Dropped:
    """Why a message is not sent; `problem` says more where the cause alone does not."""

    cause: TxCause
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a caller says of one message: when, how grave, of which category, in answer to what."""

    now_s: float
    level: int | None = None
    category: str = ""
    context: str = ""


@dataclass(slots=True)
class Outbox:
    """Everything that a generator has to send and to remember. Not safe for threads: its owner holds a lock.

    Without a negotiated session logs, traces and responses wait, as long as the queue lets them; state does not:
    it is in the cache, and the synchronisation sends it. `on_state` is told every change of state with its
    derived statistics, whether there is a session or not, and its time in microseconds.
    """

    sender: Header
    queue: SendQueue = field(default_factory=SendQueue)
    cache: UveCache = field(default_factory=UveCache)
    counters: MessageCounters = field(default_factory=MessageCounters)
    sending: SendingParams = field(default_factory=SendingParams)
    logging: LoggingParams = field(default_factory=LoggingParams)
    derivation: Derivation = field(default_factory=Derivation)
    max_frame_bytes: int = DEFAULT_MAX_FRAME_BYTES
    established: bool = False
    on_state: Callable[[UveMessage, int], None] | None = None
    _limits: RateLimits = field(default_factory=RateLimits)
    _numbers: SequenceNumbers = field(default_factory=SequenceNumbers)
    _telling: dict[Key, int] = field(default_factory=dict)
    _due: deque[Entry] = field(default_factory=deque)
    _due_s: float = 0.0
    _ahead: int = 0
    _timeouts: Timeouts = field(default_factory=Timeouts)
    _ticks: int = 0

    def submit(self, message: Message, stamp: Stamp) -> Dropped | None:
        """Send a message, or tell why not; every loss is counted once."""
        layout = message.__sandesh__
        level = _LEVELS.get(layout.kind, Level.SYS_INFO) if stamp.level is None else stamp.level
        cause = refusal(layout.kind, layout.name, level, self.sending, self._limits, stamp.now_s)
        if cause is not None:
            return self._lost(layout.name, Dropped(cause))
        known = replace(stamp, level=level)
        if isinstance(message, UveMessage):
            return self._submit_state(message, known)
        return self._offer(message, known, number=self._numbers.next(layout.name))

    def _submit_state(self, message: UveMessage, stamp: Stamp) -> Dropped | None:
        name = message.__sandesh__.name
        level = Level.SYS_NOTICE if stamp.level is None else stamp.level
        try:
            told = self.derivation.taken(message, stamp.now_s)
            known = self.cache.get(key_of(message))
            if known is not None and not known.deleted and _only_hidden(message, told):
                self.cache.update(message, sequence_number=known.sequence_number, level=level, now_s=stamp.now_s)
                return None
            number = self._numbers.next(name)
            frame = self._encode(told, stamp, number=number)
            entry = self.cache.update(message, sequence_number=number, level=level, now_s=stamp.now_s)
        except (UveError, EncodeError, FrameTooLargeError) as error:
            return self._lost(name, Dropped(TxCause.VALIDATION_FAILED, str(error)))
        if entry.deleted:
            self._timeouts.forget(entry.key)
        if self.on_state is not None:
            self.on_state(told, round(stamp.now_s * 1_000_000))
        if not self.established:
            return self._lost(name, Dropped(TxCause.WRONG_STATE), len(frame))
        return self._enqueue(Outgoing(frame, name, message.__sandesh__.kind.wire_type, level))

    def tick(self, now_s: float) -> None:
        """`TICK_S` seconds have passed: send the periodic results that are due, delete what is no longer updated."""
        self._ticks += 1
        for entry in self.cache:
            plan = plan_of(type(entry.message.data))  # type: ignore[attr-defined]
            cycle = cycle_of(plan, self._ticks)
            if cycle is None or entry.deleted:
                continue
            results = self.derivation.finished(entry.message, cycle, now_s)
            stamp = Stamp(now_s, entry.level)
            if results is not None and self.established:
                self._offer(results, stamp, number=entry.sequence_number)
            if self._timeouts.is_over(entry, plan, cycle):
                self._submit_state(deletion_of(entry.message), stamp)

    def repeat(self, entry: Entry, stamp: Stamp) -> Dropped | None:
        """Send a cached UVE as it is, marked as no news; its number is that of its last change."""
        outgoing = self._again(entry, stamp)
        return self._enqueue(outgoing) if isinstance(outgoing, Outgoing) else outgoing

    def _again(self, entry: Entry, stamp: Stamp) -> Outgoing | Dropped:
        known = replace(stamp, level=entry.level)
        told = self.derivation.told(entry.message)
        return self._outgoing(told, known, number=entry.sequence_number, hints=Hint.SYNC)

    def synchronise(self, seen: Mapping[str, int], now_s: float) -> int:
        """Let a collector that has `seen` these numbers have what it lacks; how many entries.

        They are not queued, because the cache may be larger than the queue. They go after what waits now, which may be
        older state of the same UVEs, and before all that is sent from now on. Deletions are told once more.
        """
        self._ahead = len(self.queue)
        self._due = deque(self.cache.resync(seen))
        self._due_s = now_s
        self._telling = dict(self.cache.graves)
        return len(self._due)

    def take(self) -> list[Outgoing]:
        """What to write next, which is thereby counted as written; empty if there is nothing."""
        batch = self._take_queued() if self._ahead else (self._take_due() or self._take_queued())
        for each in batch:
            self.counters.passed_on(each.name, len(each.frame))
        if self._telling and not self._due and not len(self.queue):
            self.cache.settle(self._telling)
            self._telling = {}
        return batch

    def _take_queued(self) -> list[Outgoing]:
        batch = self.queue.batch()[: self._ahead or None]
        self.queue.taken(len(batch))
        self._ahead -= min(self._ahead, len(batch))
        return batch

    def _take_due(self) -> list[Outgoing]:
        """Entries as they were when the session began: what has changed since follows them in the queue."""
        batch: list[Outgoing] = []
        size_bytes = 0
        while self._due and size_bytes < BATCH_BYTES:
            entry = self._due.popleft()
            outgoing = self._again(entry, Stamp(self._due_s))
            if isinstance(outgoing, Outgoing):
                batch.append(outgoing)
                size_bytes += len(outgoing.frame)
        return batch

    def disconnected(self) -> None:
        """The session is over. Logs wait for the next one; state that waits is in the cache as well."""
        self.established = False
        self._telling = {}
        self._due.clear()
        self._ahead = 0

    def discard(self, cause: TxCause) -> int:
        """Drop what waits, counted; how many messages."""
        self._ahead = 0
        dropped = self.queue.clear(cause)
        for each in dropped:
            self.counters.not_sent(each.name, cause, len(each.frame))
        return len(dropped)

    def _offer(self, message: Message, stamp: Stamp, *, number: int) -> Dropped | None:
        outgoing = self._outgoing(message, stamp, number=number)
        return self._enqueue(outgoing) if isinstance(outgoing, Outgoing) else outgoing

    def _outgoing(self, message: Message, stamp: Stamp, *, number: int, hints: int = 0) -> Outgoing | Dropped:
        layout = message.__sandesh__
        level = Level.INVALID if stamp.level is None else stamp.level
        try:
            frame = self._encode(message, stamp, number=number, hints=hints)
        except (EncodeError, FrameTooLargeError) as error:
            return self._lost(layout.name, Dropped(TxCause.VALIDATION_FAILED, str(error)))
        return Outgoing(frame, layout.name, layout.kind.wire_type, level)

    def _enqueue(self, outgoing: Outgoing) -> Dropped | None:
        cause = self.queue.offer(outgoing)
        return None if cause is None else self._lost(outgoing.name, Dropped(cause), len(outgoing.frame))

    def _encode(self, message: Message, stamp: Stamp, *, number: int, hints: int = 0) -> bytes:
        header = header_of(
            message,
            self.sender,
            timestamp_us=round(stamp.now_s * 1_000_000),
            sequence_number=number,
            level=Level.INVALID if stamp.level is None else stamp.level,
            category=stamp.category,
            context=stamp.context,
            hints=hints,
        )
        return encode(header, message, max_frame_bytes=self.max_frame_bytes)

    def _lost(self, name: str, dropped: Dropped, length: int = 0) -> Dropped:
        self.counters.not_sent(name, dropped.cause, length)
        return dropped


def _only_hidden(message: UveMessage, told: UveMessage) -> bool:
    """Whether nothing but its identity is left of an update that had more (clause 5.2)."""
    data: Any = message.data  # type: ignore[attr-defined]
    told_data: Any = told.data  # type: ignore[attr-defined]
    identity = identity_of(data)
    return len(attributes(told_data)) == len(identity) < len(attributes(data))
