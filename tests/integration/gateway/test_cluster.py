from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from satark.runtime.groups import KafkaSettings
from tests.integration.gateway.members import Member, member
from tests.integration.test_poller import prepared
from tests.support.kafka import KafkaCluster
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

A, B = "h1:Compute:agent:0", "h2:Compute:agent:0"


def knows(one: Member, generator: str, holder: str | None) -> bool:
    """Return whether a member knows who holds a generator."""
    session = one.roster.sessions.open_session(generator)
    return (session.gateway if session else None) == holder


class TestCluster:
    async def test_what_a_dead_gateway_held_is_withdrawn(self, broker: KafkaSettings) -> None:
        """The first of the living withdraws what is not held elsewhere by now, and everybody hears of it."""
        async with member(broker, "g1") as one, member(broker, "g2") as two, member(broker, "g3") as three:
            lost = await three.hold(A)
            await three.hold(B)
            await eventually(lambda: knows(two, A, "g3") and knows(two, B, "g3"))
            await two.hold(B)
            await eventually(lambda: three.superseded)
            await three.die()
            await eventually(lambda: one.buried, 20.0)
            await eventually(lambda: knows(two, A, None))

        assert one.buried == [("g3", A, lost)]
        assert two.buried == []
        assert knows(two, B, "g2")

    async def test_a_generator_that_moved_is_given_up(self, broker: KafkaSettings) -> None:
        """The gateway that had it is told, with the number of the session that is over."""
        async with member(broker, "g1") as one, member(broker, "g2") as two:
            first = await one.hold(A)
            await eventually(lambda: knows(two, A, "g1"))
            second = await two.hold(A)
            await eventually(lambda: one.superseded)

        assert one.superseded == [(A, first)]
        assert second > first
        assert (one.buried, two.superseded) == ([], [])

    async def test_a_process_withdraws_its_forerunners_sessions(self, broker: KafkaSettings) -> None:
        """One that takes a dead one's name does so at once; nobody waits for the lease."""
        async with member(broker, "g1", lease_s=60.0) as before:
            number = await before.hold(A)
            await eventually(lambda: knows(before, A, "g1"))
            await before.die()
            async with member(broker, "g1", lease_s=60.0) as after:
                await eventually(lambda: after.buried, 20.0)

        assert after.buried == [("g1", A, number)]

    async def test_a_newcomer_withdraws_what_nobody_lives_to_withdraw(self, broker: KafkaSettings) -> None:
        """When all gateways were dead the next one to start clears up."""
        async with member(broker, "g1") as one:
            number = await one.hold(A)
            await one.die()
        async with member(broker, "g2") as two:
            await eventually(lambda: two.buried, 20.0)

        assert two.buried == [("g1", A, number)]

    async def test_an_orderly_leave_is_known_at_once(self, broker: KafkaSettings) -> None:
        """After its last word a gateway is not counted on any more."""
        async with member(broker, "g2") as two:
            async with member(broker, "g1"):
                await eventually(lambda: two.roster.living(now_s=0.0) == ["g1", "g2"])
            await eventually(lambda: two.roster.living(now_s=0.0) == ["g2"])

    async def test_a_session_in_the_shadow_is_said_again(self, broker: KafkaSettings) -> None:
        """When the word of an earlier session comes last, the later one's holder speaks again: the topic keeps it."""
        async with member(broker, "g1") as one, member(broker, "g2") as two:
            await one.hold(A, 5)
            await eventually(lambda: knows(two, A, "g1"))
            await two.hold(A, 3)
            await eventually(lambda: two.superseded)
            await eventually(lambda: not two.roster.sessions.shadowed())
            assert one.held == {A: 5}

    async def test_an_outage_of_kafka_buries_nobody(self, start_kafka: Callable[..., Any]) -> None:
        """All notice that they could not be heard, come back, and no sessions are withdrawn by the others."""
        cluster: KafkaCluster = await start_kafka()
        settings = await prepared(cluster.endpoint())
        async with AsyncExitStack() as stack:
            members = [await stack.enter_async_context(member(settings, name, lease_s=5.0)) for name in ("g1", "g2")]
            for each, generator in zip(members, (A, B), strict=True):
                await each.hold(generator)
            await eventually(lambda: all(knows(each, B, "g2") for each in members))
            await cluster.kill()
            await eventually(lambda: all(each.lapses for each in members), 60.0)
            await cluster.restart()
            await eventually(lambda: all(each.lease and each.lease.holds for each in members), 60.0)
            await eventually(lambda: all(len(e.roster.living(now_s=float("inf"))) == 2 for e in members), 30.0)

            assert [each.buried for each in members] == [[], []]
