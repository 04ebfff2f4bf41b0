import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from satark.runtime.backoff import Backoff
from satark.runtime.kafka import TOO_LARGE, KafkaError
from satark.runtime.records import OutgoingRecord
from satark.sandesh_gateway.publish import publisher as publishing
from satark.sandesh_gateway.publish.publisher import Parcel, Publisher, size_of


def record(number: int) -> OutgoingRecord:
    """One record."""
    return OutgoingRecord("t", b"k", str(number).encode())


def nothing(_reason: str) -> None:
    """Nobody is refused here."""
    raise AssertionError


class Broker:
    """Takes batches, after it has failed so many times, but none with a record `too_large`."""

    def __init__(self, failures: int = 0, *, too_large: int | None = None) -> None:
        self.failures = failures
        self.too_large = too_large
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, records: Sequence[OutgoingRecord]) -> None:
        """A batch arrives, or not."""
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise KafkaError
        if self.too_large in [int(each.value or b"") for each in records]:
            raise TOO_LARGE[0]
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
    broker = Broker()
    done: list[int] = []
    publisher = Publisher(broker.send, on_trouble=lambda _: None)

    async def run() -> None:
        await publisher.run()

    running = asyncio.create_task(run())
    for number in range(5_000):
        publisher.put(Parcel((record(number),), 10, partial(done.append, number), nothing))
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
    broker = Broker()
    done: list[int] = []
    broker.open.clear()
    publisher = Publisher(broker.send, on_trouble=lambda _: None)
    running = asyncio.create_task(publisher.run())

    publisher.put(Parcel((record(1),), 10, lambda: done.append(1), nothing))
    waiting = asyncio.create_task(publisher.moved(timeout_s=30))
    await asyncio.sleep(0)
    assert (done, publisher.pending_bytes) == ([], 10)
    broker.open.set()
    await waiting
    running.cancel()

    assert (done, publisher.pending_bytes) == ([1], 0)


async def test_what_the_broker_never_takes_holds_nobody_up() -> None:
    """It is refused alone; what was put with it is there, in order."""
    broker = Broker(too_large=3)
    refused: list[int] = []
    publisher = Publisher(broker.send, on_trouble=lambda _: None)
    for number in range(6):
        publisher.put(Parcel((record(number),), 10, lambda: None, lambda _, number=number: refused.append(number)))  # type: ignore[misc]
    running = asyncio.create_task(publisher.run())

    await publisher.drained()
    running.cancel()

    assert [0, 1, 2, 4, 5] == broker.numbers
    assert [3] == refused
    assert publisher.pending_bytes == 0


def test_weighs_values_and_what_carries_them() -> None:
    """A thousand empty records are not nothing."""
    assert size_of([record(1), record(22)]) == 3 + 2 * publishing.OVERHEAD_BYTES
