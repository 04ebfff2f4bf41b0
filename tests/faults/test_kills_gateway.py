"""kill -9 of the gateway, at each moment between a generator's hello and Kafka's word that all it said is safe."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from satark.runtime.groups import KafkaSettings
from satark.schemas import topics
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate
from satark.simulators.generators.scenario import SCENARIOS
from tests.faults.gate import Gate, Held
from tests.faults.gateways import QUICK, Gateway, balanced, holds_the_truth, start, told
from tests.faults.moments import Api, Moment, after, before
from tests.faults.recovery import Clock
from tests.faults.wires import KafkaWire, PlainWire
from tests.integration.gateway.ledger import Reader
from tests.integration.test_poller import prepared
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.ports import free_port
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

SCENARIO = replace(SCENARIOS["churn"], generators=12, objects=2, life_ticks=(3, 6), restart_ticks=12)

BEGINNING = {
    "a generator says hello": before(None, "SandeshCtrlClientToServer"),
    "it has answered a hello": after(None, "SandeshCtrlServerToClient"),
    "it announces sessions": before(Api.PRODUCE, topics.GENERATORS),
    "it has announced sessions": after(Api.PRODUCE, topics.GENERATORS),
}
"""While generators connect."""

STREAMING = {
    "messages wait": before(Api.PRODUCE, topics.UVES),
    "it has published": after(Api.PRODUCE, topics.UVES),
    "it renews its lease": before(Api.PRODUCE, topics.GATEWAYS),
}
"""While generators talk."""


@dataclass
class Site:
    """A gateway's place: whoever is started here has the same name and port, and its clients and Kafka behind gates."""

    kafka: KafkaSettings
    clients: Gate
    broker: Gate
    port: int
    folder: Path
    satark: SatarkProcesses

    async def gateway(self, *, watched: bool = True) -> Gateway:
        """Start a gateway."""
        brokers = self.broker.address if watched else self.kafka.brokers
        made = start(self.satark, self.folder, "g1", brokers, port=self.port)
        await made.address()
        return made

    def hold(self, moment: Moment) -> Held:
        """Hold a moment, whether Kafka's or the generators'."""
        return (self.clients if moment.api is None else self.broker).hold(moment)

    def estate(self) -> Estate:
        """Return generators that know of this place only."""
        return Estate(SCENARIO, seed=5, wiring=Wiring((self.clients.address,), timers=QUICK))


@pytest.fixture
async def site(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Site]:
    """A place on a Kafka of its own."""
    kafka, port = await prepared(own_kafka), free_port()
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(Gate(f"127.0.0.1:{port}", PlainWire))
        broker = await stack.enter_async_context(Gate(kafka.brokers, KafkaWire))
        yield Site(kafka, clients, broker, port, tmp_path, satark)


async def _succeeded(site: Site, victim: Gateway, estate: Estate, reader: Reader) -> None:
    await victim.process.kill()
    heir = await site.gateway(watched=False)
    await told(estate, 1)
    await holds_the_truth(estate, reader)
    await heir.process.until(lambda: balanced(heir), what="balanced books")


@pytest.mark.parametrize("moment", BEGINNING)
async def test_killed_while_generators_connect(site: Site, recovery: Clock, moment: str) -> None:
    """A gateway is killed in a handshake: generators come back, and the topics hold what they say, and nothing else."""
    gateway = await site.gateway()
    held = site.hold(BEGINNING[moment])
    async with Reader(site.kafka, (topics.UVES, topics.GENERATORS)) as reader, site.estate() as estate:
        await estate.play(1)
        await held.come()

        with recovery("the topics hold the truth"):
            await _succeeded(site, gateway, estate, reader)


@pytest.mark.parametrize("moment", STREAMING)
async def test_killed_while_generators_talk(site: Site, recovery: Clock, moment: str) -> None:
    """A gateway is killed with messages that are not safe in Kafka: generators say them again, to whoever comes."""
    gateway = await site.gateway()
    async with Reader(site.kafka, (topics.UVES, topics.GENERATORS)) as reader, site.estate() as estate:
        await told(estate, 1)
        await holds_the_truth(estate, reader)
        held = site.hold(STREAMING[moment])
        await estate.play(2)
        await held.come()
        assert await estate.settle(10.0)

        with recovery("the topics hold the truth"):
            await _succeeded(site, gateway, estate, reader)
