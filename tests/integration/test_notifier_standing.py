"""What is open is written to a real Kafka, and every notifier knows the same, also one that begins later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from satark.notifier.standing.following import StandingFollower
from satark.notifier.standing.records import record_of
from satark.notifier.standing.standing import Change, Standing
from satark.runtime import kafka
from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.topics import apply
from tests.support.kafka import KafkaEndpoint
from tests.unit.notifier.scenes import resolved, updated
from tests.unit.notifier.standing.standings import HOUR_S, PLACE, SOURCE, link, told

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


class Member:
    """A notifier's knowledge of what is open, followed from Kafka."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.news = asyncio.Event()
        self.health = Health()
        self.standing = Standing()
        self.follower = StandingFollower(settings, self.standing, self.health, on_news=self.news.set)


@asynccontextmanager
async def following(settings: KafkaSettings) -> AsyncIterator[Member]:
    """Yield a member that has read all that was there."""
    member, stop = Member(settings), asyncio.Event()
    assert not member.health.ready
    running = asyncio.create_task(member.follower.run(stop))
    try:
        await asyncio.wait_for(member.follower.caught_up.wait(), 60.0)
        assert member.health.ready
        yield member
    finally:
        stop.set()
        await running


async def test_all_notifiers_know_the_same(own_kafka: KafkaEndpoint) -> None:
    """Who begins, follows or takes a partition over knows what the one before wrote; an end stays an end."""
    settings = KafkaSettings(brokers=own_kafka.brokers, partitions=1)
    async with Admin(settings) as admin:
        await apply(settings, admin)
    lasting, short = link(1), link(2)

    async with (
        kafka.Producer(settings, client_id="notifier") as producer,
        following(settings) as here,
        following(settings) as there,
    ):

        async def write(*changes: Change | None) -> None:
            await producer.send_all([record_of(each, source=SOURCE) for each in changes if each is not None])

        await write(here.standing.learn(lasting, PLACE), here.standing.learn(short, PLACE))
        await write(told(here.standing, lasting.incident), told(here.standing, short.incident))
        await asyncio.wait_for(there.news.wait(), 60.0)
        await there.follower.catch_up()
        assert here.standing.get(lasting.incident) == there.standing.get(lasting.incident) is not None
        assert 2 == len(there.standing)

        await write(
            there.standing.learn(updated(lasting), PLACE), told(there.standing, lasting.incident, seconds=HOUR_S)
        )
        await write(there.standing.learn(resolved(short), PLACE))
        await here.follower.catch_up()
        async with following(settings) as later:
            assert 1 == len(later.standing)
            assert here.standing.every() == there.standing.every() == later.standing.every()
            assert later.standing.learn(short, PLACE) is None
