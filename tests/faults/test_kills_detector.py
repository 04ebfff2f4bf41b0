"""kill -9 of the detector, at each moment between reading a sample and having it behind itself."""

import pytest

from satark.schemas import topics
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from tests.faults.gate import Gate
from tests.faults.moments import Api, after, before
from tests.faults.recovery import Clock
from tests.faults.wires import KafkaWire
from tests.support.estate import doubles
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.sick_links import BAD, GOOD, PATIENCE_S, QUIET, SickLinks, judged

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

GROUP = "satark-detector"
OPENING = {
    "its samples come": after(Api.FETCH, topics.METRICS, "wan-link/vco/1/"),
    "it tells": before(Api.PRODUCE, topics.ANOMALIES),
    "it has told": after(Api.PRODUCE, topics.ANOMALIES),
    "it remembers": before(Api.PRODUCE, topics.DETECTOR_CHANGELOG),
    "it has remembered": after(Api.PRODUCE, topics.DETECTOR_CHANGELOG),
    "it commits": before(Api.OFFSET_COMMIT, topics.METRICS),
    "it has committed": after(Api.OFFSET_COMMIT, topics.METRICS),
}
"""While incidents open."""

ONCE = {"its samples come", "it tells"}
TWICE = {"it has told", "it remembers"}
"""What is told and not remembered is told again, under the same id (docs/adr/0019). At the other moments it may be."""

STARTING = {
    "it joins": before(Api.JOIN_GROUP, GROUP),
    "it is given partitions": after(Api.SYNC_GROUP, topics.METRICS),
    "it recovers its table": before(Api.FETCH, topics.DETECTOR_CHANGELOG),
}
"""While the process starts that takes over what another one has left."""


@pytest.fixture
async def links(own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> SickLinks:
    """Links on a Kafka of their own."""
    made = SickLinks(own_kafka, satark)
    await made.prepare()
    return made


async def _resolved(links: SickLinks) -> None:
    await links.publish(GOOD)
    await links.until_told(IncidentResolved)

    assert links.sick == await links.entities(IncidentOpened)


@pytest.mark.parametrize("moment", OPENING)
async def test_killed_while_incidents_open(links: SickLinks, recovery: Clock, moment: str) -> None:
    """A detector is killed while incidents open: the next one tells of each once, or once more under the same id."""
    async with Gate(links.settings.brokers, KafkaWire) as gate:
        detector = await links.detector(SATARK_KAFKA_BROKERS=gate.address)
        await links.publish(QUIET)

        async def learnt() -> bool:
            return await judged(detector) == len(QUIET) * links.count

        await detector.until(learnt, PATIENCE_S, what="all quiet samples judged")
        held = gate.hold(OPENING[moment])
        await links.publish(BAD, bad=True)
        await held.come()

        with recovery("all incidents are told"):
            await detector.kill()
            await links.detector()
            await links.until_told(IncidentOpened)

    await _resolved(links)
    repeated = doubles(await links.told())
    assert not repeated if moment in ONCE else repeated or moment not in TWICE


@pytest.mark.parametrize("moment", STARTING)
async def test_killed_while_it_takes_over(links: SickLinks, recovery: Clock, moment: str) -> None:
    """A detector is killed, and so is its heir before it is ready: the third one knows every open incident."""
    async with Gate(links.settings.brokers, KafkaWire) as gate:
        first = await links.detector()
        await links.publish(QUIET)
        await links.publish(BAD, bad=True)
        await links.until_told(IncidentOpened)
        await first.kill()
        held = gate.hold(STARTING[moment])
        heir = links.start(SATARK_KAFKA_BROKERS=gate.address)
        await held.come()

        with recovery("incidents are resolved"):
            await heir.kill()
            await links.detector()
            await _resolved(links)


async def test_killed_while_partitions_are_shared_out(links: SickLinks, recovery: Clock) -> None:
    """A detector is killed just when half of its links go to another one, which then knows the incidents of all."""
    async with Gate(links.settings.brokers, KafkaWire) as gate:
        first = await links.detector(SATARK_KAFKA_BROKERS=gate.address)
        await links.publish(QUIET)
        await links.publish(BAD, bad=True)
        await links.until_told(IncidentOpened)
        held = gate.hold(STARTING["it is given partitions"])
        links.start()
        await held.come()

        with recovery("incidents are resolved"):
            await first.kill()
            await _resolved(links)
