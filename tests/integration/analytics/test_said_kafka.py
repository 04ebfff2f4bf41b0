"""What people say over HTTP is written to a real Kafka, and read by every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from satark.analytics.publishing import EventWriter
from satark.runtime.following import CONDITION, SaidFollower
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.said import Said
from tests.integration.detector.uve_rig import prepared, settings_of
from tests.support.kafka import KafkaEndpoint
from tests.support.waiting import eventually
from tests.unit.analytics.v1.nothing import NoStore
from tests.unit.analytics.v1.scene import app
from tests.unit.analytics.web.asking import ask

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

ASKED = {"matchers": [{"name": "edge", "pattern": "Pune-*"}], "duration_s": 3600}


@asynccontextmanager
async def following(kafka: KafkaSettings) -> AsyncIterator[Said]:
    """Yield what is known from Kafka, when all that was there has been read."""
    said, health, stop = Said(), Health(), asyncio.Event()
    run = asyncio.ensure_future(SaidFollower(kafka, said, health).run(stop))
    try:
        await eventually(lambda: health.ready or run.done(), 60.0, what=CONDITION)
        yield said
    finally:
        stop.set()
        await run


async def test_a_silence_is_known_everywhere(own_kafka: KafkaEndpoint) -> None:
    """A silence that is made at one process is known at another, and after its end, and after a restart."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    writer = EventWriter(kafka)
    try:
        async with following(kafka) as here, following(kafka) as there:
            served = app(NoStore(), said=here, post=writer.write)
            made = (await ask(served, "/v1/silences", method="POST", json=ASKED)).json()["silence"]
            await eventually(lambda: there.silences.get(made["silence"]) is not None, 30.0, what="the silence")
            await ask(served, f"/v1/silences/{made['silence']}", method="DELETE")
            ended = here.silences.get(made["silence"])
            await eventually(lambda: there.silences.get(made["silence"]) == ended, 30.0, what="its end")
        async with following(kafka) as later:
            assert later.silences.every() == [ended]
    finally:
        await writer.close()
