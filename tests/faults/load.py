"""Samples of many links that go on all the time, and what became of each of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.schemas import codec, topics
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample
from tests.support.processes import SatarkProcesses

LINKS = 24
LOAD_EDGE = "E"
BEGIN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
PAUSE_S = 0.5
LEARNT = 12
"""Buckets after which the method of these tests knows what is normal."""

EACH_ALONE = {
    "SATARK_NOTIFIER_DIGEST_ABOVE": "1000",
    "SATARK_NOTIFIER_BURST": "1000",
    "SATARK_NOTIFIER_MESSAGES_PER_HOUR": "1000",
}
"""For the notifier: a mail for each incident, however many there are."""

SICK = tuple(f"wan-link/load/1/{link}" for link in range(0, LINKS, 3))


class Load:
    """Publishes a bucket of all links every now and then; a third of them is bad while `bad` is set."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self.bad = False
        self.buckets = 0

    async def run(self) -> None:
        """Go on until cancelled, between two buckets."""
        async with Producer(self.settings, client_id="load") as producer:
            while True:
                await asyncio.shield(producer.send_all([self._sample(link) for link in range(LINKS)]))
                self.buckets += 1
                if self.buckets >= LEARNT:
                    await asyncio.sleep(PAUSE_S)

    def _sample(self, link: int) -> OutgoingRecord:
        entity = f"wan-link/load/1/{link}"
        sample = MetricSample.of(
            entity=entity,
            kind=WAN_LINK,
            time=BEGIN + timedelta(minutes=5 * self.buckets),
            interval_s=300,
            metrics={LATENCY_MS_RX: 90.0 if self.bad and entity in SICK else 20.0 + self.buckets % 2},
            labels={"edge": LOAD_EDGE, "link": str(link)},
        )
        encoded = codec.encode(sample, source="/load")
        return OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers)

    async def incidents(self, kind: type[IncidentEvent]) -> list[str]:
        """Return the links of all events of a kind, sorted."""
        events = await self.events()
        return sorted(event.entity for event in events if isinstance(event, kind))

    async def events(self) -> list[IncidentEvent]:
        """Return all events of incidents of these links, each as often as it was told."""
        found = [record async for record in read_to_end(self.settings, topics.ANOMALIES)]
        events: Sequence[IncidentEvent] = [codec.decode(r.topic, r.value, r.headers) for r in found]
        return [event for event in events if event.entity.startswith("wan-link/load/")]


@asynccontextmanager
async def loaded(settings: KafkaSettings) -> AsyncIterator[Load]:
    """Publish while the block lasts."""
    load = Load(settings)
    running = asyncio.create_task(load.run())
    try:
        yield load
    finally:
        running.cancel()
        await asyncio.wait({running})


async def afresh(satark: SatarkProcesses, settings: KafkaSettings) -> list[dict[str, object]]:
    """Return the events of incidents that a detector which never stopped tells of the same samples."""
    arguments = ("replay", "--topic", topics.METRICS, "--method", "seed", "--json", "--all")
    replay = satark.start(*arguments, environment={"SATARK_KAFKA_BROKERS": settings.brokers})
    assert 0 == await replay.ended(timeout_s=60), replay.output_tail()
    lines = replay.log_file.read_bytes().splitlines()
    events: list[dict[str, object]] = [msgspec.json.decode(line) for line in lines if line.startswith(b"{")]
    return [event for event in events if str(event["entity"]).startswith("wan-link/load/")]
