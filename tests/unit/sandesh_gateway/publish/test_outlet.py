import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast

import pytest

from satark.runtime.kafka import KafkaError, Producer
from satark.runtime.records import OutgoingRecord
from satark.sandesh_gateway.publish import outlet as outlets
from satark.sandesh_gateway.publish.outlet import Outlet
from satark.sandesh_gateway.receivers.deliveries import DeadLine, Heard, UndecodableError
from satark.schemas.examples import share, withdrawn
from satark.schemas.topics import FRAMES_DLQ, UVES
from tests.support.waiting import eventually

DEAD = DeadLine("syslog", "192.0.2.1", b"<999>", UndecodableError("bad_priority", "no"), datetime.now(UTC))


class Kafka:
    """Takes records while it is open; knows how many partitions there are, but for those times that it fails."""

    def __init__(self) -> None:
        self.taken: list[OutgoingRecord] = []
        self.open = asyncio.Event()
        self.open.set()
        self.answers: list[frozenset[int] | None] = []
        self.asked: list[str] = []

    async def send_all(self, records: Sequence[OutgoingRecord]) -> list[tuple[int, int]]:
        """Records arrive, once it is open."""
        await self.open.wait()
        self.taken += records
        return [(0, 0)] * len(records)

    async def partitions(self, topic: str) -> frozenset[int]:
        """The next answer; the last one again and again."""
        self.asked.append(topic)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            raise KafkaError
        return answer


@asynccontextmanager
async def running(kafka: Kafka, *answers: frozenset[int] | None) -> AsyncIterator[Outlet]:
    """An outlet at work, which has asked once."""
    kafka.answers = list(answers)
    outlet = Outlet(cast("Producer", kafka), lambda _: None)
    await outlet.refresh()
    keeping = asyncio.create_task(outlet.keep())
    try:
        yield outlet
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def test_events_behind_all_that_waits() -> None:
    """What is told keeps its order, and whoever waits for it waits for what was told before."""
    kafka = Kafka()
    async with running(kafka, frozenset({0, 1})) as outlet:
        outlet.tell([withdrawn()])
        await outlet.behind([share()])

    assert [0, 1, None] == [record.partition for record in kafka.taken]
    assert kafka.asked[0] == UVES


async def test_events_past_all_that_waits() -> None:
    """A lease must not wait for thousands of messages."""
    kafka = Kafka()
    kafka.answers = [frozenset({0})]
    outlet = Outlet(cast("Producer", kafka), lambda _: None)
    await outlet.refresh()
    outlet.tell([share()])

    await outlet.now([withdrawn()])

    assert [0] == [record.partition for record in kafka.taken]
    assert outlet.publisher.pending_bytes > 0


async def test_deliveries_are_there_when_it_returns() -> None:
    """A receiver acknowledges what Kafka has: events, and what is none as a dead letter."""
    kafka = Kafka()
    kafka.open.clear()
    async with running(kafka, frozenset({0})) as outlet:
        delivering = asyncio.create_task(outlet.deliver([DEAD, Heard("syslog", share())]))
        await asyncio.wait({delivering}, timeout=0.05)
        assert not delivering.done()
        kafka.open.set()
        await delivering

    assert [UVES, FRAMES_DLQ] == [record.topic for record in kafka.taken]


async def test_new_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A withdrawal reaches partitions that were added meanwhile; that Kafka does not answer for a while ends nothing."""
    monkeypatch.setattr(outlets, "REFRESH_S", 0.01)
    kafka = Kafka()
    async with running(kafka, frozenset({0}), None, frozenset({0, 1, 2})) as outlet:
        await eventually(lambda: len(outlet.partitions) == 3)
        await outlet.behind([withdrawn()])

    assert [0, 1, 2] == [record.partition for record in kafka.taken]
