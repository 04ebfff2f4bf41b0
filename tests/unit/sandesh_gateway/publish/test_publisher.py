import asyncio
from collections.abc import Sequence

import pytest

from satark.runtime.backoff import Backoff
from satark.runtime.kafka import KafkaError
from satark.runtime.records import OutgoingRecord
from satark.sandesh_gateway.publish import publisher as publishing
from satark.sandesh_gateway.publish.publisher import Parcel, Publisher, size_of


def record(number: int) -> OutgoingRecord:
    """One record."""
    return OutgoingRecord("t", b"k", str(number).encode())


class Broker:
    """Takes batches, after it has failed so many times."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, records: Sequence[OutgoingRecord]) -> None:
        """A batch arrives, or not."""
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise KafkaError
        self.batches.append([int(each.value or b"") for each in records])

    @property
    def numbers(self) -> list[int]:
        """All that arrived."""
        return [number for batch in self.batches for number in batch]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "BACKOFF", Backoff(first_s=0.001, max_s=0.001))


async def test_keeps_the_order_and_says_when_it_is_done() -> None:
    """What was put first is there first; each parcel is told."""
    broker, done = Broker(), []
    publisher = Publisher(broker.send, on_trouble=lambda _: None)

    async def run() -> None:
        await publisher.run()

    running = asyncio.create_task(run())
    for number in range(5_000):
        publisher.put(Parcel((record(number),), 10, lambda number=number: done.append(number)))  # type: ignore[misc]
    await publisher.drained()
    running.cancel()

    assert list(range(5_000)) == broker.numbers
    assert list(range(5_000)) == done
    assert publisher.pending_bytes == 0
    assert max(map(len, broker.batches)) <= publishing.BATCH_RECORDS


async def test_repeats_a_batch_until_it_is_there() -> None:
    """Nothing is given up and nothing overtakes; the trouble is told, and its end."""
    broker = Broker(failures=3)
    troubles: list[str] = []
    publisher = Publisher(broker.send, on_trouble=troubles.append)
    running = asyncio.create_task(publisher.run())

    await asyncio.gather(publisher.publish([record(1)]), publisher.publish([record(2), record(3)]))
    running.cancel()

    assert [1, 2, 3] == broker.numbers
    assert ["KafkaError", "KafkaError", "KafkaError", ""] == troubles


async def test_a_parcel_is_not_done_before_it_is_there() -> None:
    """Acknowledged is what Kafka has."""
    broker, done = Broker(), []
    broker.open.clear()
    publisher = Publisher(broker.send, on_trouble=lambda _: None)
    running = asyncio.create_task(publisher.run())

    publisher.put(Parcel((record(1),), 10, lambda: done.append(1)))
    waiting = asyncio.create_task(publisher.moved(timeout_s=30))
    await asyncio.sleep(0)
    assert (done, publisher.pending_bytes) == ([], 10)
    broker.open.set()
    await waiting
    running.cancel()

    assert (done, publisher.pending_bytes) == ([1], 0)


def test_weighs_values_and_what_carries_them() -> None:
    """A thousand empty records are not nothing."""
    assert size_of([record(1), record(22)]) == 3 + 2 * publishing.OVERHEAD_BYTES
