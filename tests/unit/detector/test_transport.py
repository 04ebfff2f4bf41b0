import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from satark.detector.codec import faust_app
from satark.detector.settings import DetectorSettings
from satark.detector.transport import Active, Consumer, Producer, Span, span_of
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import REQUEST_TIMEOUT_MS
from satark.schemas.topics import ANOMALIES, DETECTOR_CHANGELOG, METRICS

SOURCE, OTHER = TP(METRICS, 3), TP(ANOMALIES, 3)
CHANGELOG, STANDBY = TP(DETECTOR_CHANGELOG, 3), TP(DETECTOR_CHANGELOG, 4)


@pytest.fixture
async def consumer(tmp_path: Path) -> AsyncIterator[Consumer]:
    """A consumer that was never started, of an app with the detector's table."""
    app = faust_app(DetectorSettings(), KafkaSettings(brokers="127.0.0.1:1"), datadir=tmp_path)
    app.Table("links", key_type=bytes, value_type=bytes, partitions=12)
    made = app.consumer
    assert isinstance(made, Consumer)
    made._active_partitions = set()
    yield made
    made._thread.thread_loop.close()


async def test_source_partitions_resume_with_the_flow(consumer: Consumer) -> None:
    """Between the end of a recovery and the flow nothing is fetched that the flow would throw away."""
    consumer.resume_partitions({SOURCE, CHANGELOG})
    before = set(consumer._get_active_partitions())
    consumer.resume_flow()

    assert ({CHANGELOG}, {SOURCE, CHANGELOG}) == (before, consumer._get_active_partitions())


async def test_a_partition_that_was_paused_meanwhile_stays_paused(consumer: Consumer) -> None:
    """A rebalance takes back what waited to be resumed."""
    consumer.resume_partitions({SOURCE})
    consumer.pause_partitions({SOURCE})
    consumer.resume_flow()

    assert set() == consumer._get_active_partitions()


async def test_each_resumption_is_for_once(consumer: Consumer) -> None:
    """The flow of a later recovery does not resume what an earlier one did."""
    consumer.resume_partitions({SOURCE})
    consumer.resume_flow()
    consumer.pause_partitions({SOURCE})
    consumer.resume_flow()

    assert set() == consumer._get_active_partitions()


async def test_a_fetch_that_waits_never_wishes_for_nothing(consumer: Consumer) -> None:
    """When all partitions are paused meanwhile it is still not taken for a wish for all of them."""
    consumer.resume_partitions({CHANGELOG})
    active = Active(consumer._get_active_partitions())
    before = (bool(active), CHANGELOG in active, SOURCE in active)
    consumer.pause_partitions({CHANGELOG})

    assert (True, True, False) == before
    assert (True, False, False) == (bool(active), CHANGELOG in active, SOURCE in active)


async def test_copies_to_stand_by_for_resume_with_the_sources(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faust resumes them earlier, and then empties the queue that they share with what is recovered."""
    monkeypatch.setattr(consumer.app.assignor, "assigned_standbys", lambda: {STANDBY})
    consumer.resume_partitions({STANDBY})
    consumer.resume_flow()
    first = set(consumer._get_active_partitions())
    consumer.resume_partitions({SOURCE})
    consumer.resume_flow()

    assert (set(), {STANDBY, SOURCE}) == (first, consumer._get_active_partitions())


async def test_a_worker_that_only_stands_by_resumes_too(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no sources, Faust resumes none last of all."""
    monkeypatch.setattr(consumer.app.assignor, "assigned_standbys", lambda: {STANDBY})
    consumer.resume_partitions({STANDBY})
    consumer.resume_flow()
    consumer.resume_partitions(set())
    consumer.resume_flow()

    assert {STANDBY} == consumer._get_active_partitions()


async def test_samples_are_fetched_though_their_queue_is_full(consumer: Consumer) -> None:
    """The full queue holds the reader back; a partition that is not fetched would hold back the others."""
    consumer.app.in_recovery = False
    consumer._active_partitions = {SOURCE, OTHER}
    consumer.on_buffer_full(SOURCE)
    consumer.on_buffer_full(OTHER)
    full = set(consumer._get_active_partitions())
    consumer.on_buffer_drop(SOURCE)
    consumer.on_buffer_drop(OTHER)

    assert ({SOURCE}, {SOURCE, OTHER}) == (full, consumer._get_active_partitions())


def test_batches_that_follow_each_other_are_whole() -> None:
    """Otherwise something else may lie between them."""
    assert Span(5, 9, is_whole=True) == span_of([(5, 2), (7, 3)])
    assert Span(5, 10, is_whole=False) == span_of([(5, 2), (8, 3)])


@dataclass
class Batch:
    """A batch that takes two rows."""

    rows: list[tuple[bytes, bytes]] = field(default_factory=list)

    def append(self, *, key: bytes, value: bytes, timestamp: None) -> object:
        """Take a row, or return None."""
        del timestamp
        if len(self.rows) == 2:
            return None
        self.rows.append((key, value))
        return self

    def record_count(self) -> int:
        """Return how many it took."""
        return len(self.rows)


class Client:
    """What a producer of aiokafka does with batches; some fail."""

    def __init__(self, *failing: int) -> None:
        self.sent: list[tuple[str, int, list[tuple[bytes, bytes]]]] = []
        self.failing = failing

    def create_batch(self) -> Batch:
        """Return an empty batch."""
        return Batch()

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[Any]":
        """Take a batch; its place comes later."""
        future = asyncio.get_running_loop().create_future()
        if len(self.sent) in self.failing:
            future.set_exception(ConnectionError("gone"))
        else:
            future.set_result(SimpleNamespace(offset=10 + 2 * len(self.sent)))
        self.sent.append((topic, partition, batch.rows))
        return future


async def test_a_silent_broker_is_left_and_what_is_to_be_written_is_kept(consumer: Consumer) -> None:
    """A request of the producer is given up after the consumer's time, a record after Faust's twenty minutes."""
    producer = consumer.app.producer
    assert isinstance(producer, Producer)
    client = producer._new_producer()

    limits_ms = (client.client._request_timeout_ms, client._sender._request_timeout_ms)
    kept_s = client._message_accumulator._batch_ttl
    await client.stop()
    assert ((REQUEST_TIMEOUT_MS, REQUEST_TIMEOUT_MS), 1_200) == (limits_ms, kept_s)


def _producer(client: Client) -> Producer:
    producer = Producer.__new__(Producer)
    producer._producer = client
    return producer


async def test_rows_are_written_in_batches() -> None:
    """All of them, in order, and it is known where they are."""
    client, rows = Client(), [(b"a", b"1"), (b"b", b"2"), (b"c", b"3")]
    span = await _producer(client).send_many("t", 3, rows)

    assert [("t", 3, rows[:2]), ("t", 3, rows[2:])] == client.sent
    assert Span(10, 12, is_whole=True) == span


async def test_a_batch_that_fails_is_told() -> None:
    """After all of them are decided."""
    with pytest.raises(ConnectionError):
        await _producer(Client(0)).send_many("t", 3, [(b"a", b"1"), (b"b", b"2"), (b"c", b"3")])


async def test_one_commit_reaches_all_that_is_acknowledged(consumer: Consumer) -> None:
    """Of chunks, of which Faust sees last offsets with gaps before them, the last one is committed, and not the first."""
    consumer._acked[SOURCE].append(4)
    for before, last in ((4, 9), (9, 10), (10, 14)):
        await consumer._add_gap(SOURCE, before + 1, last)
        consumer._acked[SOURCE].append(last)

    assert 15 == consumer._new_offset(SOURCE)
    assert [] == consumer._acked[SOURCE]


async def test_a_commit_stops_before_what_is_not_acknowledged(consumer: Consumer) -> None:
    """A gap before a chunk that is still at work is not committed with the chunk before it."""
    consumer._acked[SOURCE].append(4)
    await consumer._add_gap(SOURCE, 5, 9)

    assert 5 == consumer._new_offset(SOURCE)
    assert None is consumer._new_offset(SOURCE)


async def test_commits_go_on_after_a_first_chunk_of_one_record(consumer: Consumer) -> None:
    """What lies between offset 0, read alone, and the end of the next chunk counts as read."""
    consumer._acked[SOURCE].append(0)
    first = consumer._committed_offset[SOURCE] = consumer._new_offset(SOURCE)
    consumer._acked[SOURCE].append(11)
    await consumer._add_gap(SOURCE, 12, 22)
    consumer._acked[SOURCE].append(22)

    assert (1, 23) == (first, consumer._new_offset(SOURCE))
