"""`satark analytics` on a real broker with the embedded store: what is published is kept, once."""

import signal
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from satark.runtime.kafka import Producer
from satark.runtime.records import OutgoingRecord
from satark.schemas import examples
from satark.schemas.topics import METRICS
from tests.integration.analytics.keeping import (
    asked,
    caught_up,
    inserted,
    metric,
    publish,
    recent,
    samples,
    started,
    topics_on,
)
from tests.support.kafka import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.e2e]

SAMPLES = "SELECT count(), uniqExact(id, metric) FROM samples"


class TestIngest:
    async def test_every_kind_of_event_is_kept(
        self, own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path
    ) -> None:
        """Each topic's events are rows of its table; a record that cannot be read is kept as a dead letter."""
        settings = await topics_on(own_kafka)
        events = [examples.message(), examples.share(), examples.flow_session(), examples.opened()]
        events += [examples.notification(), examples.generator_session(), examples.baseline()]
        await publish(settings, [recent(event) for event in events] + samples(0, 20))
        async with Producer(settings, client_id="test") as producer:
            await producer.send_all([OutgoingRecord(METRICS, b"k", b"{broken")])
        process = started(satark, own_kafka, f"chdb://{tmp_path}/store")
        for table, count in (("samples", 60), ("messages", 2), ("incidents", 1), ("baselines", 2), ("generators", 1)):
            await inserted(process, table, count)
        letters = await metric(process, "satark_events_dead_lettered_total", topic=METRICS, reason="not_json")
        status = await process.terminate()

        tables = ("samples", "messages", "objects", "sessions", "incidents", "notifications", "generators", "baselines")
        counts = " UNION ALL ".join(f"SELECT '{table}', count() FROM {table}" for table in tables)  # noqa: S608 - ours
        assert (status, letters) == (0, 1)
        assert dict(asked(tmp_path / "store", counts)) == {
            "samples": 60,
            "messages": 2,
            "objects": 1,
            "sessions": 1,
            "incidents": 1,
            "notifications": 1,
            "generators": 1,
            "baselines": 2,
        }

    async def test_a_process_that_is_killed_again_and_again_loses_and_repeats_nothing(
        self, own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path
    ) -> None:
        """Killed in mid-insert, whenever that is, the next process goes on as if nothing had been."""
        settings = await topics_on(own_kafka)
        folder = tmp_path / "store"
        small = {"SATARK_ANALYTICS_BATCH_ROWS": "60", "SATARK_ANALYTICS_BATCH_WAIT_S": "0.05"}
        await publish(settings, samples(0, 1500))
        for round_ in range(3):
            process = started(satark, own_kafka, f"chdb://{folder}", **small)
            await inserted(process, "samples", 300)
            process.signal(signal.SIGKILL)
            await process.ended()
            await publish(settings, samples(1500 + 100 * round_, 100))
        process = started(satark, own_kafka, f"chdb://{folder}")
        await eventually(lambda: caught_up(process), 90.0, what="the end of the topic", pause_s=0.3)
        await process.terminate()

        assert asked(folder, SAMPLES) == [[1800 * 3, 1800 * 3]]

    async def test_a_topic_that_was_made_anew_is_read_from_its_beginning(
        self, own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path
    ) -> None:
        """Offsets that begin again are new records; what was kept before stays."""
        settings = await topics_on(own_kafka)
        store = f"chdb://{tmp_path}/store"
        await publish(settings, samples(0, 100))
        before = started(satark, own_kafka, store)
        await inserted(before, "samples", 300)
        await before.terminate()
        await without_topic(own_kafka, METRICS)
        await topics_on(own_kafka)
        await publish(settings, samples(1000, 20))
        after = started(satark, own_kafka, store)
        await inserted(after, "samples", 60)
        await after.terminate()

        assert asked(tmp_path / "store", SAMPLES) == [[360, 360]]
        assert after.events("topic_made_anew", topic=METRICS)


async def without_topic(endpoint: KafkaEndpoint, topic: str) -> None:
    """Delete a topic, and wait until it is gone."""
    admin = AIOKafkaAdminClient(**endpoint.client_options())
    await admin.start()
    try:
        await admin.delete_topics([topic])
        await eventually(lambda: _gone(admin, topic), 30.0, what=f"the end of {topic}", pause_s=0.2)
    finally:
        await admin.close()


async def _gone(admin: AIOKafkaAdminClient, topic: str) -> bool:
    return topic not in await admin.list_topics()
