"""kill -9 of the poller, at each moment between asking Kafka what it knows and knowing that a checkpoint is safe."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from satark.schemas import topics
from tests.faults.everything import each_sample_once
from tests.faults.gate import Gate
from tests.faults.moments import Api, after, before
from tests.faults.recovery import Clock
from tests.faults.wires import KafkaWire
from tests.support.estate import Estate, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

GROUP = "satark-poller"
PUBLISHED = after(Api.PRODUCE, topics.METRICS)

FIRST = {
    "it publishes": (before(Api.PRODUCE, topics.METRICS),),
    "it has published": (PUBLISHED,),
    "it writes the checkpoint": (PUBLISHED, before(Api.PRODUCE, topics.POLLER_CHECKPOINTS)),
    "it has written the checkpoint": (PUBLISHED, after(Api.PRODUCE, topics.POLLER_CHECKPOINTS)),
}
"""While a poller looks for the first time."""

HEIRS = {
    "it joins": before(Api.JOIN_GROUP, GROUP),
    "it is given orchestrators": after(Api.SYNC_GROUP, topics.POLLER_CHECKPOINTS),
    "it reads the checkpoint": before(Api.FETCH, topics.POLLER_CHECKPOINTS),
    "it learns what was published": before(Api.FETCH, topics.METRICS),
}
"""While a poller takes over."""


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


@pytest.mark.parametrize("moment", FIRST)
async def test_killed_while_it_publishes(whole: Estate, recovery: Clock, moment: str) -> None:
    """A poller is killed between two samples' safety and its own knowledge of it: each sample is published once."""
    async with Gate(whole.kafka.brokers, KafkaWire) as gate:
        held = gate.hold(*FIRST[moment])
        poller = whole.start("poller", SATARK_KAFKA_BROKERS=gate.address)
        await held.come()

        with recovery("samples come again"):
            await poller.kill()
            whole.show(2)
            whole.start("poller")
            await each_sample_once(whole, -1, 2)


@pytest.mark.parametrize("moment", HEIRS)
async def test_killed_while_it_takes_over(whole: Estate, recovery: Clock, moment: str) -> None:
    """A poller is killed, and so is its heir before it polls: the third one fills the gap, and repeats nothing."""
    async with Gate(whole.kafka.brokers, KafkaWire) as gate:
        first = whole.start("poller")
        await whole.samples_until(-1)
        held = gate.hold(HEIRS[moment])
        await first.kill()
        heir = whole.start("poller", SATARK_KAFKA_BROKERS=gate.address)
        whole.show(2)
        await held.come()

        with recovery("samples come again"):
            await heir.kill()
            whole.start("poller")
            await each_sample_once(whole, -1, 2)
