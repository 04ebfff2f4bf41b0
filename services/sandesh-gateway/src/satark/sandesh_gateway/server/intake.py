"""What becomes of each message: translated, queued for Kafka, or set aside; booked in every case, and once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Protocol

from prometheus_client import Counter

from satark.runtime.records import OutgoingRecord
from satark.sandesh.session.causes import RxCause
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.control import Identity
from satark.sandesh.wire.errors import SandeshError
from satark.sandesh.wire.tree import Node, StructValue, Tree
from satark.sandesh.wire.xml import Received, encode
from satark.sandesh_gateway import metrics
from satark.sandesh_gateway.publish.books import Fate
from satark.sandesh_gateway.publish.publisher import Parcel, Publisher, size_of
from satark.sandesh_gateway.publish.records import letter_of, records_of
from satark.sandesh_gateway.server.admission import name_problem
from satark.sandesh_gateway.server.generators import Generator
from satark.sandesh_gateway.server.sessions import Sessions
from satark.sandesh_gateway.translate.dispatch import translate
from satark.sandesh_gateway.translate.origin import Origin, Translation
from satark.schemas.codec import EVENT_TYPES, MAX_VALUE_BYTES
from satark.schemas.identifiers import instant

STATE = frozenset((SandeshType.UVE, SandeshType.ALARM))
UNREADABLE = "(unreadable)"

ANSWERS = frozenset((SandeshType.RESPONSE, SandeshType.TRACE))


class Answered(Protocol):
    """Asked of every answer and trace: the id of the request that it answers, if any."""

    def __call__(self, generator: str, *, more: bool, context: str, trace: bool) -> str | None:
        """`more` is what its field of that name says."""
        ...


class Intake:
    """Takes messages of connections. `partitions` are those of the topic of shares."""

    def __init__(
        self,
        publisher: Publisher,
        sessions: Sessions,
        *,
        partitions: Callable[[], frozenset[int]],
        answered: Answered,
        statistics_interval_s: int,
    ) -> None:
        self._publisher = publisher
        self._sessions = sessions
        self._partitions = partitions
        self._answered = answered
        self._statistics_interval_s = statistics_interval_s

    def take(self, generator: Generator, received: Received) -> None:
        """A message came on a generator's connection, or on one that has not said hello yet."""
        header = received.header
        kind = type_name(header.type)
        booked = generator.books.received(received.name, received.length, level=header.level, at_us=header.timestamp_us)
        _received(kind).inc()
        metrics.RECEIVED_BYTES.inc(received.length)
        if header.type in STATE and not generator.open:
            # It belongs to no session, so nobody could withdraw it; it comes again after the reply.
            self._drop(generator, booked, kind, "before_hello")
        else:
            self._forward(generator, received, booked, kind)

    def drop(self, generator: Generator, name: str, length: int, cause: RxCause) -> None:
        """A message was given up because too much waits."""
        booked = generator.books.received(name, length)
        metrics.RECEIVED.labels("log").inc()
        metrics.RECEIVED_BYTES.inc(length)
        self._drop(generator, booked, "log", cause.value)

    def reject(self, generator: Generator, data: bytes, cause: str, detail: str) -> None:
        """Bytes that are no message are kept for a person."""
        booked = generator.books.received(UNREADABLE, len(data))
        metrics.RECEIVED.labels("unreadable").inc()
        metrics.RECEIVED_BYTES.inc(len(data))
        self._set_aside(generator, booked, "unreadable", data, cause, detail)

    def _forward(self, generator: Generator, received: Received, booked: str, kind: str) -> None:
        translation = self._translated(generator, received)
        records = records_of(translation.events, self._partitions()) if translation.events else ()
        oversized = next((record for record in records if len(record.value or b"") > MAX_VALUE_BYTES), None)
        if oversized is not None:
            translation = Translation(cause="too_large", detail=f"an event of {len(oversized.value or b'')} bytes")
        if not translation.events:
            self._set_aside(generator, booked, kind, _bytes_of(received), translation.cause, translation.detail)
            return
        if translation.cause:
            records = (*records, self._letter(generator, _bytes_of(received), translation.cause, translation.detail))
        for event in translation.events:
            _events(type(event)).inc()
        if translation.problems:
            metrics.PROBLEMS.inc(len(translation.problems))
        self._put(generator, booked, kind, records, self._published(generator, received, booked, kind))

    def _published(self, generator: Generator, received: Received, booked: str, kind: str) -> Callable[[], None]:
        """What is done when Kafka has it. It holds no message: many wait."""
        header = received.header
        session, names, number = generator.session, (received.name, _data_type(received)), header.sequence_number
        counts = header.type in STATE and not header.is_sync

        def done() -> None:
            generator.books.ended(booked, Fate.PUBLISHED)
            _published(kind).inc()
            if counts:
                self._sessions.acknowledged(generator, session, names, number)

        return done

    def _translated(self, generator: Generator, received: Received) -> Translation:
        header = received.header
        if header.type in ANSWERS:
            trace = header.type == SandeshType.TRACE
            more = not trace and _more(received)
            context = self._answered(generator.name, more=more, context=header.context, trace=trace)
            if context is not None and context != header.context:
                received = replace(received, header=replace(header, context=context))
        name = generator.name if generator.session else _named(received, generator.name)
        origin = Origin(name, generator.session, self._sessions.gateway, self._statistics_interval_s)
        return translate(received, origin, datetime.now(UTC))

    def _set_aside(self, generator: Generator, booked: str, kind: str, data: bytes, cause: str, detail: str) -> None:
        letter = self._letter(generator, data, cause, detail)

        def done() -> None:
            generator.books.ended(booked, Fate.DEAD_LETTERED, cause)
            metrics.DEAD_LETTERED.labels(kind, cause).inc()

        self._put(generator, booked, kind, (letter,), done)

    def _letter(self, generator: Generator, data: bytes, cause: str, detail: str) -> OutgoingRecord:
        now = instant(datetime.now(UTC))
        return letter_of(data, sender=generator.name, cause=cause, detail=detail, time=now)

    def _drop(self, generator: Generator, booked: str, kind: str, cause: str) -> None:
        generator.books.ended(booked, Fate.DROPPED, cause)
        metrics.DROPPED.labels(kind, cause).inc()

    def _put(
        self,
        generator: Generator,
        booked: str,
        kind: str,
        records: tuple[OutgoingRecord, ...],
        published: Callable[[], None],
    ) -> None:
        size = size_of(records)
        generator.pending_bytes += size

        def done() -> None:
            generator.pending_bytes -= size
            published()

        def refused(_reason: str) -> None:
            generator.pending_bytes -= size
            self._drop(generator, booked, kind, "refused_by_kafka")

        self._publisher.put(Parcel(records, size, done, refused))


# A metric's child is looked up under a lock: too slow for each message.
_received = cache(metrics.RECEIVED.labels)
_published = cache(metrics.PUBLISHED.labels)


@cache
def _events(event: type) -> Counter:
    return metrics.EVENTS.labels(EVENT_TYPES[event])


@lru_cache(maxsize=256)
def type_name(number: int) -> str:
    """Return the name of a header's type, in lower case, as metrics have it."""
    try:
        return SandeshType(number).name.lower()
    except ValueError:
        return "unknown"


def _named(received: Received, otherwise: str) -> str:
    """Who its header says that it is from: real daemons send some messages before they say hello."""
    header = received.header
    who = Identity(header.source, header.node_type, header.module, header.instance_id)
    return otherwise if name_problem(who) else str(who)


def _data_type(received: Received) -> str:
    """The name of a UVE's data struct: C++ daemons number by it."""
    first: Node | None = next(iter(received.body), None) if isinstance(received.body, Tree) else None
    return first.value.name if first is not None and isinstance(first.value, StructValue) else ""


def _more(received: Received) -> bool:
    """Whether another page follows."""
    return isinstance(received.body, Tree) and any(
        field.name == "more" and field.value == "true" for field in received.body.fields
    )


def _bytes_of(received: Received) -> bytes:
    """A decoded message encodes to the bytes that it was made of (tested over all captures)."""
    try:
        return encode(received.header, received.body)
    except SandeshError as error:
        return repr(error).encode()
