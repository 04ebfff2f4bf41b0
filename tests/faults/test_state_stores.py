"""States on disk, and states that another process stands by for: links are taken over with what is known of them."""

from pathlib import Path

import pytest

from satark.schemas.incidents import IncidentOpened, IncidentResolved
from tests.faults.recovery import Clock
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.sick_links import BAD, GOOD, QUIET, SickLinks

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]


@pytest.fixture
async def links(own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> SickLinks:
    """Links on a Kafka of their own."""
    made = SickLinks(own_kafka, satark)
    await made.prepare()
    return made


async def test_a_killed_detector_goes_on_with_its_disk(links: SickLinks, tmp_path: Path, recovery: Clock) -> None:
    """After kill -9 in an incident the next process knows it from the disk, and ends it once."""
    more = {"SATARK_DETECTOR_STORE": "rocksdb", "SATARK_DETECTOR_STORE_DIR": str(tmp_path / "disk")}
    (tmp_path / "disk").mkdir()
    detector = await links.detector(**more)
    await links.publish(QUIET)
    await links.publish(BAD, bad=True)
    await links.until_told(IncidentOpened)

    with recovery("incidents are resolved"):
        await detector.kill()
        await links.detector(**more)
        await links.publish(GOOD)
        await links.until_told(IncidentResolved)

    assert links.sick == await links.entities(IncidentOpened)
    assert any((tmp_path / "disk").rglob("links-*.db"))


@pytest.mark.parametrize("store", ["rocksdb", "memory"])
async def test_a_standby_takes_over(links: SickLinks, tmp_path: Path, recovery: Clock, store: str) -> None:
    """Each of two detectors keeps a copy of the other's links: both are killed in turn, and no incident is lost or told twice."""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    more = {"SATARK_DETECTOR_STORE": store, "SATARK_DETECTOR_STANDBY_REPLICAS": "1"}
    detectors = [await links.detector(SATARK_DETECTOR_STORE_DIR=str(folder), **more) for folder in folders]
    await links.publish(QUIET)
    await links.publish(BAD, bad=True)
    await links.until_told(IncidentOpened)

    with recovery("incidents are resolved by the standby"):
        await detectors[0].kill()
        await links.publish(GOOD)
        await links.until_told(IncidentResolved)
    await links.detector(SATARK_DETECTOR_STORE_DIR=str(folders[0]), **more)
    with recovery("incidents open again at the newcomer"):
        await detectors[1].kill()
        await links.publish([17])
        await links.publish([18, 19], bad=True)
        await links.until_told(IncidentOpened, times=2)

    assert links.sick == await links.entities(IncidentResolved)
