"""Three detectors share twelve partitions; one dies, and its links move with their state."""

import pytest

from satark.schemas.incidents import IncidentOpened, IncidentResolved
from tests.faults.recovery import Clock
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.sick_links import BAD, GOOD, PATIENCE_S, QUIET, SickLinks, judged
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]


async def test_the_links_of_a_killed_detector_move_with_their_state(
    own_kafka: KafkaEndpoint, satark: SatarkProcesses, recovery: Clock
) -> None:
    """All three take part; after kill -9 of one every open incident is resolved once by whoever has the link now."""
    links = SickLinks(own_kafka, satark, links=36, partitions=12)
    await links.prepare()
    detectors = [links.start() for _ in range(3)]
    for detector in detectors:
        await detector.ready()
    await links.publish(QUIET)
    await links.publish(BAD, bad=True)
    await links.until_told(IncidentOpened)

    async def shares() -> list[int]:
        found = [await judged(detector) for detector in detectors]
        return found if sum(found) == links.count * len((*QUIET, *BAD)) else []

    assert all(await eventually(shares, PATIENCE_S, what="all samples judged, each once"))
    with recovery("incidents are resolved"):
        await detectors[1].kill()
        await links.publish(GOOD)
        await links.until_told(IncidentResolved)

    for kind in (IncidentOpened, IncidentResolved):
        assert links.sick == sorted(event.entity for event in await links.told() if isinstance(event, kind))
