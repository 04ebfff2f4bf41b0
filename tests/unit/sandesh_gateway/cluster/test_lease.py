import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from satark.runtime.kafka import KafkaError
from satark.sandesh_gateway.cluster import lease as module
from satark.sandesh_gateway.cluster.lease import Lease
from satark.schemas.codec import Event
from satark.schemas.generators import GatewayLease
from tests.support.waiting import eventually
from tests.unit.sandesh_gateway.cluster.words import BEGIN


class Shelf:
    """Takes events, unless it is broken or stuck."""

    def __init__(self) -> None:
        self.leases: list[GatewayLease] = []
        self.broken = False
        self.stuck = False
        self.takes_s = 0.0

    async def publish(self, events: Sequence[Event]) -> None:
        """Take events."""
        await asyncio.sleep(self.takes_s)
        if self.stuck:
            await asyncio.Event().wait()
        if self.broken:
            raise KafkaError("broken")
        self.leases += [event for event in events if isinstance(event, GatewayLease)]


def lease_of(shelf: Shelf, lapsed: Callable[[], Awaitable[None]] | None = None, *, lease_s: float = 0.3) -> Lease:
    """Return a short lease."""

    async def nothing() -> None:
        raise AssertionError("it lapsed")

    on_lapsed = lapsed or nothing
    return Lease("g1", shelf.publish, started=BEGIN, lease_s=lease_s, generators=lambda: 7, on_lapsed=on_lapsed)


@asynccontextmanager
async def kept(lease: Lease) -> Any:
    """Keep a lease as long as the block lasts."""
    async with lease:
        keeping = asyncio.create_task(lease.keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


class TestLease:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Try again soon."""
        monkeypatch.setattr(module, "RETRY_S", 0.01)

    async def test_it_is_said_first_kept_and_given_back(self) -> None:
        """It holds from the entering on, is said again and again, and the last word is that it is left."""
        shelf = Shelf()
        lease = lease_of(shelf, lease_s=0.6)
        before = lease.holds
        async with kept(lease):
            first = len(shelf.leases)
            await eventually(lambda: len(shelf.leases) >= 4)
            holds = lease.holds

        assert (before, first, holds) == (False, 1, True)
        assert [each.leaving for each in shelf.leases[:-1]] == [False] * (len(shelf.leases) - 1)
        assert shelf.leases[-1].leaving
        assert (shelf.leases[0].generators, shelf.leases[0].lease_s) == (7, 0.6)

    async def test_the_first_word_is_tried_until_it_is_taken(self) -> None:
        """While Kafka does not take it nobody is let in."""
        shelf = Shelf()
        shelf.broken = True
        entering = asyncio.create_task(lease_of(shelf).__aenter__())
        await asyncio.sleep(0.05)
        early = entering.done()
        shelf.broken = False

        assert (await entering).holds
        assert not early

    @pytest.mark.parametrize("trouble", ["broken", "stuck"])
    async def test_it_lapses_once_and_is_regained(self, trouble: str) -> None:
        """When it cannot be renewed for as long as it holds, that is told once; then it is said again."""
        shelf, lapses = Shelf(), []

        async def lapsed() -> None:
            lapses.append(lease.holds)

        lease = lease_of(shelf, lapsed)
        async with kept(lease):
            setattr(shelf, trouble, True)
            await eventually(lambda: lapses)
            said = len(shelf.leases)
            await asyncio.sleep(0.4)
            setattr(shelf, trouble, False)
            await eventually(lambda: len(shelf.leases) > said and lease.holds)

        assert lapses == [False]

    async def test_a_short_trouble_is_waited_out(self) -> None:
        """A renewal that fails for less than the lease's time does no harm."""
        shelf = Shelf()
        async with kept(lease_of(shelf, lease_s=3.0)):
            shelf.broken = True
            await asyncio.sleep(1.1)
            shelf.broken = False
            await eventually(lambda: len(shelf.leases) == 2)

    async def test_slow_renewals_follow_each_other(self) -> None:
        """Where each takes over a third of the lease, the next begins at once: it is due since the last began."""
        shelf = Shelf()
        shelf.takes_s = 0.6
        async with kept(lease_of(shelf, lease_s=1.5)):
            await eventually(lambda: len(shelf.leases) == 4)

    async def test_leaving_does_not_wait_for_kafka(self) -> None:
        """Where Kafka is gone the last word is given up in time."""
        shelf = Shelf()
        async with asyncio.timeout(5.0), kept(lease_of(shelf)):
            shelf.stuck = True

        assert not shelf.leases[-1].leaving
