from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka.errors import MessageSizeTooLargeError

from satark.detector import delivery
from satark.detector.delivery import Delivery, MisplacedKeyError, Rows, event_of
from satark.detector.transport import Span
from satark.runtime.backoff import Backoff
from satark.runtime.health import Health
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas import codec, examples
from satark.schemas.codec import UndecodableEventError
from satark.schemas.topics import ANOMALIES, DETECTOR_CHANGELOG, METRICS

Message = tuple[bytes | None, bytes | None]
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


class Topic:
    """What Faust gives for a topic: a message may not be sent, or not be acknowledged."""

    def __init__(self, name: str, broken: list[str]) -> None:
        self.name = name
        self.broken = broken
        self.written: list[Message] = []

    def as_future_message(self, *, key: bytes | None, value: bytes | None, headers: list[object]) -> Message:
        """Return what is to be published."""
        assert isinstance(headers, list)
        return key, value

    async def publish_message(self, message: Message, *, wait: bool) -> None:
        """Fail, or take the message."""
        assert wait
        if self.broken:
            raise {"send": ConnectionError("no broker"), "acknowledge": TimeoutError("no acknowledgement")}[
                self.broken.pop(0)
            ]
        self.written.append(message)


class App:
    """The part of a Faust app that a delivery uses."""

    def __init__(self, *broken: str) -> None:
        self.broken = list(broken)
        self.topics: list[Topic] = []
        self.producer = Producer()

    def topic(self, name: str, **_options: object) -> Topic:
        """Return a new topic of that name."""
        self.topics.append(Topic(name, self.broken))
        return self.topics[-1]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", Backoff(first_s=0.0, max_s=0.0, jitter=0.0))


class Producer:
    """Writes rows in bulk, after it failed some times."""

    def __init__(self, *errors: Exception, limit: int = 1000) -> None:
        self.errors = list(errors)
        self.limit = limit
        self.written: list[tuple[bytes, bytes]] = []

    async def send_many(self, _topic: str, _partition: int, rows: Rows) -> Span:
        """Fail, or take the rows."""
        if self.errors:
            raise self.errors.pop(0)
        if any(len(value) > self.limit for _, value in rows):
            raise MessageSizeTooLargeError
        self.written.extend(rows)
        return Span(len(self.written) - len(rows), len(self.written) - 1, is_whole=True)


def attached(app: App, health: Health | None = None) -> Delivery:
    """Return a delivery that writes to the app."""
    made = Delivery(health or Health())
    made.attach(app)  # type: ignore[arg-type] # the part of an app that it uses
    return made


def record_of(event: codec.Event, **changes: Any) -> Record:
    """Return an event as it is consumed."""
    encoded = codec.encode(event, source="/test")
    fields: dict[str, Any] = {
        "topic": encoded.topic,
        "partition": 0,
        "offset": 7,
        "timestamp": NOW,
        "key": encoded.key,
        "value": encoded.value,
        "headers": encoded.headers,
    }
    return Record(**fields | changes)


@pytest.mark.parametrize("broken", [(), ("send",), ("acknowledge",), ("send", "acknowledge", "send")])
async def test_writes_until_it_is_acknowledged(broken: tuple[str, ...]) -> None:
    """A failed write is repeated, whatever failed of it, and ends when Kafka has it once."""
    app, health = App(*broken), Health(["kafka"])
    await attached(app, health).send(OutgoingRecord(METRICS, b"k", b"v"))

    assert [(METRICS, [(b"k", b"v")])] == [(topic.name, topic.written) for topic in app.topics]


async def test_a_failing_write_makes_the_process_unready() -> None:
    """While it cannot write it says so; when it can again it says that too."""
    app, health = App("send"), Health()
    seen: list[tuple[str, bool]] = []

    class Watching(Health):
        def set(self, name: str, *, ready: bool, reason: str = "") -> None:
            seen.append((name, ready))
            health.set(name, ready=ready, reason=reason)

    await attached(app, Watching()).send(OutgoingRecord(METRICS, b"k", b"v"))

    assert [("kafka", False), ("kafka", True)] == seen


async def test_an_event_goes_to_its_topic_under_its_key() -> None:
    """The contract decides where an event travels."""
    app = App()
    await attached(app).publish(examples.opened())

    assert [(ANOMALIES, examples.ENTITY.encode())] == [(topic.name, topic.written[0][0]) for topic in app.topics]


async def test_what_cannot_be_used_is_kept_as_it_was() -> None:
    """A dead letter has the bytes of the record."""
    app, broken = App(), record_of(examples.sample(), value=b"{")
    await attached(app).set_aside(broken, UndecodableEventError("not_json", "cut off"))

    assert [(f"{METRICS}.dlq", [(broken.key, b"{")])] == [(topic.name, topic.written) for topic in app.topics]


async def test_rows_are_written_until_they_are_safe() -> None:
    """What failed is written again, all of it."""
    app, rows = App(), [(b"a", b"1"), (b"b", b"2")]
    app.producer = Producer(ConnectionError("gone"), TimeoutError())

    assert Span(0, 1, is_whole=True) == await attached(app).store(DETECTOR_CHANGELOG, 3, rows, wanted=lambda: True)
    assert rows == app.producer.written


async def test_rows_that_are_not_wanted_any_more_are_not_written() -> None:
    """The partition has become another process's while they waited."""
    app, wanted = App(), iter([True, False])
    app.producer = Producer(ConnectionError("gone"))

    assert await attached(app).store(DETECTOR_CHANGELOG, 3, [(b"a", b"1")], wanted=lambda: next(wanted)) is None
    assert [] == app.producer.written


async def test_a_row_that_no_broker_takes_is_left_out() -> None:
    """The others are written; where they are is not told."""
    app = App()
    app.producer = Producer(limit=3)
    rows = [(b"a", b"1"), (b"b", b"1234"), (b"c", b"3")]

    assert await attached(app).store(DETECTOR_CHANGELOG, 3, rows, wanted=lambda: True) is None
    assert [rows[0], rows[2]] == app.producer.written


def test_a_record_under_another_key_is_refused() -> None:
    """Its state would be on another partition."""
    sample = examples.sample()

    assert sample == event_of(record_of(sample))
    with pytest.raises(MisplacedKeyError):
        event_of(record_of(sample, key=b"elsewhere"))
