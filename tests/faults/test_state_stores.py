"""States on disk, and states that another process stands by for: links are taken over with what is known of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.runtime.topics import apply
from satark.schemas import codec, topics
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

PARTITIONS = 4
LINKS = 24
SICK = {f"wan-link/vco/1/{link}" for link in range(0, LINKS, 3)}
BEGIN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def _record(link: int, bucket: int, *, bad: bool) -> OutgoingRecord:
    entity = f"wan-link/vco/1/{link}"
    sample = MetricSample.of(
        entity=entity,
        kind=WAN_LINK,
        time=BEGIN + timedelta(minutes=5 * bucket),
        interval_s=300,
        metrics={LATENCY_MS_RX: 90.0 if bad and entity in SICK else 20.0 + bucket % 2},
        labels={"edge": "E", "link": str(link)},
    )
    encoded = codec.encode(sample, source="/test")
    return OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers)


class Estate:
    """Detectors on a Kafka of their own, and samples for them."""

    def __init__(self, kafka: KafkaEndpoint, satark: SatarkProcesses) -> None:
        self.settings = KafkaSettings(brokers=kafka.brokers, partitions=PARTITIONS)
        self._environment = {
            "SATARK_KAFKA_BROKERS": kafka.brokers,
            "SATARK_KAFKA_PARTITIONS": str(PARTITIONS),
            "SATARK_DETECTOR_METHOD": "seed",
        }
        self._satark = satark

    async def prepare(self) -> None:
        """Make the topics."""
        async with Admin(self.settings) as admin:
            await apply(self.settings, admin)

    async def detector(self, **more: str) -> SatarkProcess:
        """Start a detector and wait until it is ready."""
        process = self._satark.start("detector", environment=self._environment | more)
        await process.ready()
        return process

    async def publish(self, buckets: Sequence[int], *, bad: bool) -> None:
        """Write the samples of all links for some buckets."""
        async with Producer(self.settings, client_id="test") as producer:
            for bucket in buckets:
                await producer.send_all([_record(link, bucket, bad=bad) for link in range(LINKS)])

    async def told(self, kind: type[IncidentEvent]) -> list[str]:
        """Return the entities of all events of a kind, sorted.

        An event that was told twice, because a kill came between telling and remembering, has one id and counts once.
        """
        found = [r async for r in read_to_end(self.settings, topics.ANOMALIES)]
        events = {event.id: event for event in (codec.decode(r.topic, r.value, r.headers) for r in found)}
        return sorted(event.entity for event in events.values() if isinstance(event, kind))

    async def until_told(self, kind: type[IncidentEvent]) -> None:
        """Wait until of every sick link an event of a kind is told."""

        async def there() -> bool:
            return set(await self.told(kind)) >= SICK

        await eventually(there, 60, what=f"{kind.__name__} of every sick link")


def _has_rows(folder: Path) -> bool:
    return any(folder.rglob("links-*.db"))


@pytest.fixture
async def estate(own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> Estate:
    """An estate with its topics."""
    made = Estate(own_kafka, satark)
    await made.prepare()
    return made


@pytest.mark.parametrize("store", ["rocksdb"])  # in memory: tests/e2e/test_crashes.py
async def test_a_detector_that_is_killed_goes_on_with_its_states(estate: Estate, tmp_path: Path, store: str) -> None:
    """After kill -9 in an incident the next process knows it, and ends it once; on disk it finds what it left there."""
    more = {"SATARK_DETECTOR_STORE": store, "SATARK_DETECTOR_STORE_DIR": str(tmp_path)}
    detector = await estate.detector(**more)
    await estate.publish(range(12), bad=False)
    await estate.publish([12, 13], bad=True)
    await estate.until_told(IncidentOpened)

    await detector.kill()
    await estate.detector(**more)
    await estate.publish(range(14, 17), bad=False)
    await estate.until_told(IncidentResolved)

    assert sorted(SICK) == await estate.told(IncidentOpened)
    assert sorted(SICK) == await estate.told(IncidentResolved)
    assert (store == "rocksdb") == _has_rows(tmp_path)


@pytest.mark.parametrize("store", ["rocksdb", "memory"])
async def test_a_standby_takes_over(estate: Estate, tmp_path: Path, store: str) -> None:
    """Each of two detectors keeps a copy of the other's links; when one is killed twice over, no incident is lost or told twice."""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    more = {"SATARK_DETECTOR_STORE": store, "SATARK_DETECTOR_STANDBY_REPLICAS": "1"}
    detectors = [await estate.detector(SATARK_DETECTOR_STORE_DIR=str(folder), **more) for folder in folders]
    await estate.publish(range(12), bad=False)
    await estate.publish([12, 13], bad=True)
    await estate.until_told(IncidentOpened)

    await detectors[0].kill()
    await estate.publish(range(14, 17), bad=False)
    await estate.until_told(IncidentResolved)
    await estate.detector(SATARK_DETECTOR_STORE_DIR=str(folders[0]), **more)
    await detectors[1].kill()
    await estate.publish([17], bad=False)
    await estate.publish([18, 19], bad=True)

    async def twice() -> bool:
        return sorted([*SICK, *SICK]) == await estate.told(IncidentOpened)

    await eventually(twice, 60, what="a second incident of every sick link")
    assert sorted(SICK) == await estate.told(IncidentResolved)
