"""Records that nobody can read, for any topic of the contract."""

from collections import Counter
from collections.abc import Iterable

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.codec import MAX_VALUE_BYTES, Event, encode
from satark.schemas.examples import examples
from satark.schemas.topics import BY_NAME, Cleanup

KEY = b"poison"
COMPARED_BYTES = 100_000


def record_of(event: Event) -> OutgoingRecord:
    """Return an event as its producer writes it."""
    encoded = encode(event, source="/test")
    return OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers)


def poison(topic: str) -> list[OutgoingRecord]:
    """Return a record of each kind that cannot be read; where a record without a value means an end, none of that kind."""
    known = BY_NAME[topic]
    values = [b"{broken \xff", b"{", b"[" * 100_000, b'{"id": 1}', b"null", b" " * (MAX_VALUE_BYTES + 1)]
    found = [OutgoingRecord(topic, KEY, value) for value in values]
    found.append(OutgoingRecord(topic, b"\xff\xfe", b"\xc1 no state"))
    if known.cleanup is Cleanup.DELETE:
        found.append(OutgoingRecord(topic, KEY, b""))
    if known.events:
        good = record_of(examples()[known.events[0]])
        found.append(OutgoingRecord(topic, good.key, good.value, (("ce_type", b"satark.\xff.v1"),)))
    return found


async def write(kafka: KafkaSettings, records: Iterable[OutgoingRecord]) -> None:
    """Write records, in order."""
    async with Producer(kafka, client_id="test", compressed=False) as producer:
        for record in records:
            await producer.send(record)


async def read(kafka: KafkaSettings, topic: str) -> list[Record]:
    """Read a topic."""
    return [record async for record in read_to_end(kafka, topic)]


def contents(records: Iterable[OutgoingRecord] | Iterable[Record]) -> Counter[tuple[bytes, bytes]]:
    """Count records by key and value; of a huge value the begin."""
    return Counter((record.key or b"", (record.value or b"")[:COMPARED_BYTES]) for record in records)
