"""A broker's disk is full: Kafka gives up what it has there; two others go on, and a broker alone is waited for."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults import brokers, disks
from tests.faults.recovery import Clock
from tests.faults.story import SCRIPT, WORLD, Story, all_ready, all_unready, start_services, traffic
from tests.support.estate import estate
from tests.support.kafka import KafkaCluster
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("three-brokers"),
]

MEGABYTES = 64
ENDS_WITHIN_S = 60.0
VICTIM = 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[disks.Disk]:
    """A small disk."""
    if reason := disks.missing():
        pytest.skip(reason)
    with disks.small_disk(tmp_path / "disk", megabytes=MEGABYTES) as made:
        yield made


@asynccontextmanager
async def telling(
    cluster: KafkaCluster, folder: Path, satark: SatarkProcesses
) -> AsyncIterator[tuple[Story, dict[str, SatarkProcess]]]:
    """Services under traffic."""
    async with estate(folder, cluster.endpoint(), satark, world=WORLD, script=SCRIPT) as whole:
        services = start_services(whole)
        await all_ready(services)
        async with traffic(whole, services) as story:
            await story.told_since(-2)
            yield story, services


async def full(cluster: KafkaCluster, disk: disks.Disk) -> None:
    """Fill the disk, and wait until the broker has ended over it, as Kafka does without any folder that is left."""
    disk.fill()
    await eventually(lambda: not cluster.nodes[VICTIM].running, ENDS_WITHIN_S, what="the end of the broker")


async def test_one_of_three(
    disk: disks.Disk, tmp_path: Path, start_kafka: Callable[..., Any], satark: SatarkProcesses, recovery: Clock
) -> None:
    """The broker with the full disk ends, the other two go on; with room and a restart it catches up with them."""
    cluster = await start_kafka(nodes=brokers.COUNT, properties=brokers.PROPERTIES, places={VICTIM: disk.place})
    async with telling(cluster, tmp_path, satark) as (story, services):
        with recovery("a mail of what began after the disk was full"):
            await full(cluster, disk)
            await story.told_since(story.bucket)
        with recovery("the broker has room and is back, all copies in step"):
            disk.make_room()
            await cluster.restart(VICTIM)
            await brokers.in_step(cluster)

        await story.told_once()
        await all_ready(services)


async def test_the_only_one(
    disk: disks.Disk, tmp_path: Path, start_kafka: Callable[..., Any], satark: SatarkProcesses, recovery: Clock
) -> None:
    """Without the only broker the services say that they are not ready and why, and go on when it has room and is back."""
    cluster = await start_kafka(places={VICTIM: disk.place})
    async with telling(cluster, tmp_path, satark) as (story, services):
        await full(cluster, disk)
        with recovery("all services say that they are not ready"):
            reasons = await all_unready(services)
        with recovery("a mail of what began after the broker is back"):
            disk.make_room()
            await cluster.restart()
            await story.told_since(story.bucket)

        await story.told_once()
        await all_ready(services)
    assert all("brokers: " in reason for reason in reasons.values())
