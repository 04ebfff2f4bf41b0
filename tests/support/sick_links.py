"""Links of which every third falls sick, and detectors that are to tell of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.runtime.topics import apply
from satark.schemas import codec, topics
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import eventually

BEGIN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
PATIENCE_S = 60.0
QUIET, BAD, GOOD = range(12), range(12, 14), range(14, 17)
"""Buckets of five minutes: an hour to learn from, two samples that open an incident, three that resolve it."""


def sample(link: int, bucket: int, *, latency_ms: float) -> OutgoingRecord:
    """Return the record of a link's sample."""
    encoded = codec.encode(
        MetricSample.of(
            entity=f"wan-link/vco/1/{link}",
            kind=WAN_LINK,
            time=BEGIN + timedelta(minutes=5 * bucket),
            interval_s=300,
            metrics={LATENCY_MS_RX: latency_ms},
            labels={"edge": "E", "link": str(link)},
        ),
        source="/test",
    )
    return OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers)


class SickLinks:
    """The links, on a Kafka of their own."""

    def __init__(self, kafka: KafkaEndpoint, satark: SatarkProcesses, *, links: int = 24, partitions: int = 4) -> None:
        self.count = links
        self.sick = sorted(f"wan-link/vco/1/{link}" for link in range(0, links, 3))
        self.settings = KafkaSettings(brokers=kafka.brokers, partitions=partitions)
        self._satark = satark

    async def prepare(self) -> None:
        """Make the topics."""
        async with Admin(self.settings) as admin:
            await apply(self.settings, admin)

    def start(self, **more: str) -> SatarkProcess:
        """Start a detector."""
        environment = {
            "SATARK_KAFKA_BROKERS": self.settings.brokers,
            "SATARK_KAFKA_PARTITIONS": str(self.settings.partitions),
            "SATARK_DETECTOR_METHOD": "seed",
        }
        return self._satark.start("detector", environment=environment | more)

    async def detector(self, **more: str) -> SatarkProcess:
        """Start a detector and wait until it is ready."""
        process = self.start(**more)
        await process.ready()
        return process

    async def publish(self, buckets: Sequence[int], *, bad: bool = False) -> None:
        """Write the samples of all links for some buckets, those of sick ones bad if so told."""
        async with Producer(self.settings, client_id="test", compressed=False) as producer:
            for bucket in buckets:
                slow = 90.0 if bad else 20.0 + bucket % 2
                await producer.send_all(
                    [
                        sample(link, bucket, latency_ms=20.0 + bucket % 2 if link % 3 else slow)
                        for link in range(self.count)
                    ]
                )

    async def told(self) -> list[IncidentEvent]:
        """Return all events of incidents, as they are on the topic."""
        found = [record async for record in read_to_end(self.settings, topics.ANOMALIES)]
        return [codec.decode(record.topic, record.value, record.headers) for record in found]

    async def entities(self, kind: type[IncidentEvent]) -> list[str]:
        """Return the entities of all events of a kind, sorted.

        An event that was told twice, because a kill came between telling and remembering, has one id and counts once.
        """
        events = {event.id: event for event in await self.told()}
        return sorted(event.entity for event in events.values() if isinstance(event, kind))

    async def until_told(self, kind: type[IncidentEvent], times: int = 1) -> None:
        """Wait until of every sick link so many events of a kind are told, and of no other one."""

        async def there() -> bool:
            return await self.entities(kind) == sorted(self.sick * times)

        await eventually(there, PATIENCE_S, what=f"{kind.__name__} of every sick link, {times} times")


async def judged(process: SatarkProcess) -> int:
    """Return how many samples a detector has judged, as its metrics say."""
    answer = await http_get(f"{await process.ops_url()}/metrics")
    assert answer is not None
    lines = answer.body.decode().splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith("satark_detector_samples_total{"))
