"""Bad peers against a collector that must not mind them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from satark.sandesh.generator import Collector, Delivery
from satark.sandesh.session.states import Timers
from satark.sandesh.wire.control import read_hello
from satark.sandesh.wire.envelope import open_frame
from satark.sandesh.wire.errors import SandeshError
from satark.sandesh.wire.frame import FrameReader
from satark.sandesh.wire.xml import decode_frame
from satark.simulators.generators.hostile import ATTACKS, Attacker, Outcome, Target, attack, frames
from satark.simulators.generators.hostile.attacks import FLOOD, collision
from satark.simulators.generators.kinds import Kind, identity
from tests.support.ports import free_port
from tests.support.waiting import eventually

SOON_S = 1.0
EXPECTED: Mapping[str, Callable[[Outcome], bool]] = {
    "slow-loris": lambda it: it.connections == 1 and it.closed == 1,
    "connect-flood": lambda it: 20 < it.connections <= FLOOD,
    "half-open": lambda it: it.connections == 1 and it.closed == 1,
    "never-reads": lambda it: it.connections == 1 and it.sent_bytes > 100_000,
    "garbage": lambda it: it.closed > 3,
    "oversized": lambda it: (it.connections, it.closed) == (1, 1) and it.sent_bytes < 10_000_000,
    "entity-bomb": lambda it: (it.connections, it.closed) == (2, 2),
    "wrong-names": lambda it: it.connections == 9 and it.closed >= 4,
    "collision": lambda it: it.connections == 1,
    "resets": lambda it: it.connections > 10,
}


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    """Return a collector that has little patience."""

    def deliver(_delivery: Delivery) -> None:
        pass

    async with Collector(deliver, port=0, timers=Timers(accept_s=0.3), max_frame_bytes=1_000_000) as one:
        yield one


class TestAttacks:
    def test_all_expected(self) -> None:
        """Every bad peer is tried."""
        assert set(ATTACKS) == set(EXPECTED)

    @pytest.mark.parametrize("name", sorted(ATTACKS))
    async def test_ends(self, name: str, collector: Collector) -> None:
        """A bad peer does what it is for, and ends in time, whatever the collector does."""
        loop = asyncio.get_running_loop()
        begin_s = loop.time()
        outcome = await attack(ATTACKS[name], Target("127.0.0.1", collector.port), 3 * SOON_S)

        assert loop.time() - begin_s < 10 * SOON_S
        assert EXPECTED[name](outcome), outcome
        assert collector._server is not None
        assert collector._server.is_serving()

    @pytest.mark.parametrize("name", sorted(ATTACKS))
    async def test_nobody_there(self, name: str) -> None:
        """Without a collector nothing is sent, and the end comes as well."""
        outcome = await attack(ATTACKS[name], Target("127.0.0.1", free_port()), SOON_S / 2)

        assert (0, 0, 0) == (outcome.connections, outcome.closed, outcome.sent_bytes)
        assert outcome.refused > 0

    async def test_counts_meanwhile(self, collector: Collector) -> None:
        """What a bad peer has done so far can be looked at."""
        outcome = Outcome()
        work = asyncio.create_task(
            attack(ATTACKS["half-open"], Target("127.0.0.1", collector.port), float("inf"), outcome=outcome)
        )
        await work

        assert 1 == outcome.connections

    async def test_no_connection_is_left(self, collector: Collector) -> None:
        """At the end all connections are closed."""

        async def three(attacker: Attacker) -> None:
            for _ in range(3):
                await attacker.connect()
            await asyncio.Event().wait()

        outcome = await attack(three, Target("127.0.0.1", collector.port), SOON_S / 4)

        assert 3 == outcome.connections
        await eventually(lambda: not collector._peers)

    async def test_collision(self, collector: Collector) -> None:
        """Somebody takes the name that is wanted."""
        victim = identity(Kind.VROUTER, 7)
        work = asyncio.create_task(attack(collision(victim), Target("127.0.0.1", collector.port), 3 * SOON_S))
        await eventually(lambda: victim in collector.generators)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


class TestFrames:
    def test_hello_is_sound(self) -> None:
        """Bad peers can introduce themselves properly."""
        (frame,) = FrameReader().feed(frames.hello())

        assert frames.MALLORY == read_hello(open_frame(frame)).identity

    @pytest.mark.parametrize("data", [frames.bomb(), frames.file_entity()], ids=["bomb", "file"])
    def test_entities_are_refused(self, data: bytes) -> None:
        """Our own reader refuses entities without looking at them."""
        (frame,) = FrameReader().feed(data)

        with pytest.raises(SandeshError):
            decode_frame(frame)

    def test_gone(self) -> None:
        """Who takes a name says in a sound message that its host is gone."""
        (frame,) = FrameReader().feed(frames.gone(identity(Kind.VROUTER, 7)))
        received = decode_frame(frame)

        assert "compute-00007" == received.header.source
        assert "VrouterAgentTrace" == received.name

    def test_oversized_is_refused(self) -> None:
        """A frame that is too large is refused by its first bytes."""
        with pytest.raises(SandeshError):
            list(FrameReader(max_frame_bytes=1_000_000).feed(frames.oversized()))

    def test_noise(self) -> None:
        """Noise follows from its seed."""
        assert frames.noise(1) == frames.noise(1)
        assert frames.noise(1) != frames.noise(2)
