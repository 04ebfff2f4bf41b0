"""Three detectors share twelve partitions; one dies, and its links move with their state."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.schemas import codec, topics
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

LINKS = 36
SICK = {f"wan-link/vco/1/{link}" for link in range(0, LINKS, 3)}
BEGIN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def _sample(link: int, bucket: int, *, bad: bool) -> OutgoingRecord:
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


async def _publish(settings: KafkaSettings, buckets: Sequence[int], *, bad: bool) -> None:
    async with Producer(settings, client_id="test") as producer:
        for bucket in buckets:
            await producer.send_all([_sample(link, bucket, bad=bad) for link in range(LINKS)])


async def _incidents(settings: KafkaSettings) -> list[IncidentEvent]:
    found = [r async for r in read_to_end(settings, topics.ANOMALIES)]
    return [codec.decode(r.topic, r.value, r.headers) for r in found]


async def _judged(process: SatarkProcess) -> int:
    answer = await http_get(f"{await process.ops_url()}/metrics")
    assert answer is not None
    lines = answer.body.decode().splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith("satark_detector_samples_total{"))


async def test_the_links_of_a_killed_detector_move_with_their_state(
    own_kafka: KafkaEndpoint, satark: SatarkProcesses
) -> None:
    """All three take part; after kill -9 of one every open incident is resolved once by whoever has the link now."""
    kafka = {"SATARK_KAFKA_BROKERS": own_kafka.brokers}
    settings = KafkaSettings(brokers=own_kafka.brokers)
    assert await satark.start("topics", "apply", environment=kafka).ended() == 0
    detectors = [satark.start("detector", environment=kafka | {"SATARK_DETECTOR_METHOD": "seed"}) for _ in range(3)]
    for detector in detectors:
        await detector.ready()
    await _publish(settings, range(12), bad=False)
    await _publish(settings, range(12, 14), bad=True)

    async def all_open() -> bool:
        return len(await _incidents(settings)) == len(SICK)

    await eventually(all_open, 60, what="an open incident for every sick link")
    shares = [await _judged(detector) for detector in detectors]
    assert all(share > 0 for share in shares), shares
    assert sum(shares) == LINKS * 14

    await detectors[1].kill()
    await _publish(settings, range(14, 17), bad=False)

    async def all_resolved() -> bool:
        return len([e for e in await _incidents(settings) if isinstance(e, IncidentResolved)]) >= len(SICK)

    await eventually(all_resolved, 60, what="a resolved incident for every sick link")
    events = await _incidents(settings)
    for kind in (IncidentOpened, IncidentResolved):
        assert sorted(SICK) == sorted(event.entity for event in events if isinstance(event, kind))


async def test_a_broken_record_is_kept_and_the_others_go_on(own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> None:
    """Garbage, wrong keys and types and a future sample become dead letters; damaged state is begun anew."""
    kafka = {"SATARK_KAFKA_BROKERS": own_kafka.brokers}
    settings = KafkaSettings(brokers=own_kafka.brokers)
    assert await satark.start("topics", "apply", environment=kafka).ended() == 0
    good = _sample(0, 0, bad=False)
    future = MetricSample.of(
        entity="wan-link/vco/1/f",
        kind=WAN_LINK,
        time=datetime.now(UTC) + timedelta(days=2),
        interval_s=300,
        metrics={LATENCY_MS_RX: 1.0},
        labels={},
    )
    ahead = codec.encode(future, source="/test")
    broken = [
        OutgoingRecord(topics.METRICS, b"\xff\xfe", b"{broken \xff"),
        OutgoingRecord(topics.METRICS, None, good.value, good.headers),
        OutgoingRecord(topics.METRICS, b"k", b"", ()),
        OutgoingRecord(topics.METRICS, b"k", b"[" * 100_000, ()),
        OutgoingRecord(topics.METRICS, good.key, good.value, (("ce_type", b"satark.notification.v1"),)),
        OutgoingRecord(ahead.topic, ahead.key, ahead.value, ahead.headers),
    ]
    damaged = [
        OutgoingRecord(topics.DETECTOR_CHANGELOG, b"\xff\xfe", b"\xc1 no state"),
        OutgoingRecord(topics.DETECTOR_CHANGELOG, good.key, b"\xc1 no state"),
    ]
    async with Producer(settings, client_id="test") as producer:
        await producer.send_all(damaged)
        await producer.send_all(broken)
    detector = satark.start("detector", environment=kafka | {"SATARK_DETECTOR_METHOD": "seed"})
    await _publish(settings, range(12), bad=False)
    await _publish(settings, [12], bad=True)

    async def all_open() -> bool:
        return len(await _incidents(settings)) == len(SICK)

    await detector.until(all_open, what="the sick links' incidents")
    letters = [r async for r in read_to_end(settings, f"{topics.METRICS}.dlq")]

    assert 1 == len(detector.events("state_lost"))

    assert sorted((r.key or b"", r.value or b"") for r in broken) == sorted(
        (r.key or b"", r.value or b"") for r in letters
    )
    assert {"not_json", "invalid", "wrong_key", "empty", "wrong_type", "future"} >= {
        dict(r.headers)["dlq_reason"].decode() for r in letters
    }
