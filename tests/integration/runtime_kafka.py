"""How the tests of the runtime reach the shared broker, and what they write."""

from collections.abc import Sequence

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer
from satark.runtime.records import OutgoingRecord
from satark.runtime.settings import load
from tests.support.kafka import KafkaEndpoint


def settings_of(endpoint: KafkaEndpoint, **changes: str) -> KafkaSettings:
    """Return the settings that a service would have."""
    own = {f"SATARK_KAFKA_{name.upper()}": text for name, text in changes.items()}
    return load("kafka", KafkaSettings, endpoint.environment() | own)


async def write(settings: KafkaSettings, records: Sequence[OutgoingRecord]) -> list[tuple[int, int]]:
    """Write records in order; return their partitions and offsets."""
    async with Producer(settings, client_id="test") as producer:
        return await producer.send_all(records)
