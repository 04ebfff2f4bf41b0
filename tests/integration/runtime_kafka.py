"""How the tests of the runtime reach a broker, what they write and what they read."""

from collections.abc import Sequence

from prometheus_client import REGISTRY

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Consumer, Producer, read_to_end
from satark.runtime.records import OutgoingRecord, Record
from satark.runtime.settings import load
from tests.support.kafka import KafkaEndpoint
from tests.support.waiting import eventually


def settings_of(endpoint: KafkaEndpoint, **changes: str) -> KafkaSettings:
    """Return the settings that a service would have."""
    own = {f"SATARK_KAFKA_{name.upper()}": text for name, text in changes.items()}
    return load("kafka", KafkaSettings, endpoint.environment() | own)


async def write(settings: KafkaSettings, records: Sequence[OutgoingRecord]) -> list[tuple[int, int]]:
    """Write records in order; return their partitions and offsets."""
    async with Producer(settings, client_id="test") as producer:
        return await producer.send_all(records)


async def all_of(settings: KafkaSettings, topic: str, start: dict[int, int] | None = None) -> list[Record]:
    """Read a topic to its end."""
    return [record async for record in read_to_end(settings, topic, start=start)]


async def polled(consumer: Consumer, count: int) -> list[Record]:
    """Poll until so many records have come."""
    records: list[Record] = []

    async def more() -> bool:
        records.extend(await consumer.poll(timeout_s=0.5))
        return len(records) >= count

    await eventually(more, 60.0, what=f"{count} records")
    return records


def sample(name: str, **labels: str) -> float:
    """Return the value of a metric; 0 where it is not there."""
    return REGISTRY.get_sample_value(name, labels) or 0.0
