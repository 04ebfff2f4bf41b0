import json
import sys
from pathlib import Path

import pytest

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, end_offsets, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.schemas.topics import METRICS, all_topics
from satark.standalone.plan import EMBEDDED_PARTITIONS
from tests.support.environment import child_environment
from tests.support.owned import run_owned
from tests.support.waiting import eventually


@pytest.mark.e2e
async def test_embedded_broker(tmp_path: Path) -> None:
    """The embedded broker tells its address, has all topics with its partitions, keeps records, and ends at SIGTERM."""
    address = tmp_path / "address"
    output = tmp_path / "output"
    broker = run_owned([sys.executable, "-m", "satark.standalone.broker", str(address)], output, child_environment({}))
    try:
        await eventually(address.exists, 30, what="the broker's address")
        settings = KafkaSettings(brokers=address.read_text())
        async with Producer(settings, client_id="test", connect_attempts=5) as producer:
            await producer.send(OutgoingRecord(METRICS, b"key", b"value", (("name", b"text"),)))

        records = [record async for record in read_to_end(settings, METRICS)]
        partitions = {topic.name: len(await end_offsets(settings, topic.name)) for topic in all_topics()}

        assert [(b"key", b"value", (("name", b"text"),))] == [(r.key, r.value, r.headers) for r in records]
        assert {EMBEDDED_PARTITIONS} == set(partitions.values())
    finally:
        status = await broker.terminate(30)
    assert status == 0
    assert json.loads(output.read_text()) == {"event": "embedded_broker_ready", "address": address.read_text()}
