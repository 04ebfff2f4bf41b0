"""The clock of a machine jumps, or stands still: an NTP step, a virtual machine that is resumed."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.everything import SERVICES, everything
from tests.faults.faketime import WallClock
from tests.faults.recovery import Clock
from tests.faults.truth import SETTLE_BUCKETS, assert_every_sample_once, assert_told_once
from tests.support.estate import BAD_BUCKETS, Estate, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(300)]

HOUR_S = 3_600
REFUSED_S = 3 * HOUR_S
"""Kafka takes no record that is more than an hour ahead of its own clock (message.timestamp.after.max.ms)."""

READ_AGAIN_S = 1.5
"""A process has read its clock's file again by then; nothing tells that it has."""

PAUSE_S = 60
PATIENCE_S = 120.0
SESSION_S = 10.0
"""After so long without a heartbeat a member of a group is taken for dead."""

STILL_S = 12.0
"""Longer than that, and than a gateway's lease."""


@dataclass
class Clocked(Estate):
    """An estate whose services have clocks of their own."""

    clocks: dict[str, WallClock] = field(default_factory=dict)

    def start(self, service: str, **more: str) -> SatarkProcess:
        """Start a service by its clock."""
        return super().start(service, **self.clocks[service].environment(), **more)


async def test_an_hour_forward_and_back(
    tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses, recovery: Clock
) -> None:
    """Each service's clock jumps an hour ahead, and back again, under traffic of all kinds: nothing is lost or told twice."""
    clocks = {service: WallClock(tmp_path / f"{service}.clock") for service in SERVICES}
    steps = [(service, offset_s) for service in SERVICES for offset_s in (HOUR_S, 0)]
    async with everything(tmp_path, own_kafka, satark) as site:
        site.whole = Clocked(**vars(site.whole), clocks=clocks)
        running = {service: site.start(service) for service in SERVICES}
        await asyncio.gather(*(process.ready(timeout_s=PATIENCE_S) for process in running.values()))
        for bucket, (service, offset_s) in enumerate(steps):
            with recovery(f"the {service} goes on after {'an hour ahead' if offset_s else 'an hour back'}"):
                clocks[service].set(offset_s)
                site.whole.show(bucket)
                await site.generators.play(1)
                await site.whole.samples_until(bucket)
        last = len(steps) + SETTLE_BUCKETS

        with recovery("all is as if nothing had been"):
            await site.is_as_if_nothing_had_been(last)
        ended = [service for service, process in running.items() if not process.running]

    assert ended == []


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


async def test_a_machine_that_stood_still(whole: Estate, tmp_path: Path, recovery: Clock) -> None:
    """A machine that stood still for a minute is fenced: its partner takes over, and nothing is told twice afterwards."""
    clock = WallClock(tmp_path / "clock")
    stopped = [whole.start(service, **clock.environment()) for service in ("detector", "notifier")]
    partners = [whole.start(service) for service in ("detector", "notifier")]
    poller = whole.start("poller")
    for process in (*stopped, *partners, poller):
        await process.ready()
    await whole.samples_until(-1)

    for process in stopped:
        process.signal(signal.SIGSTOP)
    with recovery("the partners tell"):
        whole.show(1)
        await asyncio.sleep(SESSION_S)
        await whole.outcomes_until(1)
    clock.set(PAUSE_S)
    for process in stopped:
        process.signal(signal.SIGCONT)
    with recovery("the machine works again"):
        await eventually(lambda: all(process.running for process in stopped), 10)
        for process in stopped:
            await process.ready()
    last = BAD_BUCKETS + SETTLE_BUCKETS
    whole.show(last)
    await whole.mails(2)
    await whole.samples_until(last)

    await assert_told_once(whole)
    await assert_every_sample_once(whole, last)


async def test_each_service_stands_still(
    tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses, recovery: Clock
) -> None:
    """Each service stands still for longer than its lease or session lasts, then all of them: nothing is lost or told twice."""
    turns = [*((service,) for service in SERVICES), SERVICES]
    async with everything(tmp_path, own_kafka, satark) as site:
        running = {service: site.start(service) for service in SERVICES}
        await asyncio.gather(*(process.ready(timeout_s=PATIENCE_S) for process in running.values()))
        for bucket, turn in enumerate(turns):
            for service in turn:
                running[service].signal(signal.SIGSTOP)
            site.whole.show(bucket)
            await site.generators.play(1)
            await asyncio.sleep(STILL_S)
            for service in turn:
                running[service].signal(signal.SIGCONT)
            with recovery(f"{turn[0] if len(turn) == 1 else 'all'} after standing still"):
                await site.whole.samples_until(bucket)
                assert await site.generators.settle(PATIENCE_S)
                await site.topics_hold_the_truth()
        last = len(turns) + SETTLE_BUCKETS

        await site.is_as_if_nothing_had_been(last)
        ended = [service for service, process in running.items() if not process.running]

    assert ended == []


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [("poller", "kafka_producer_dropped"), ("detector", "publish_failed"), ("notifier", "kafka_producer_dropped")],
    ids=["poller", "detector", "notifier"],
)
async def test_a_clock_too_far_ahead(whole: Estate, tmp_path: Path, recovery: Clock, wrong: str, refused: str) -> None:
    """What a service writes whose clock is hours ahead, Kafka refuses; once the clock is right all is told, and once."""
    clock = WallClock(tmp_path / "clock")
    running = {
        service: whole.start(service, **(clock.environment() if service == wrong else {}))
        for service in ("poller", "detector", "notifier")
    }
    for process in running.values():
        await process.ready()
    await whole.samples_until(-1)
    clock.set(REFUSED_S)
    await asyncio.sleep(READ_AGAIN_S)
    whole.show(1)
    await running[wrong].event(refused, timeout_s=PATIENCE_S)
    clock.set()
    with recovery(f"the {wrong} tells what was refused"):
        await whole.outcomes_until(1)
    last = BAD_BUCKETS + SETTLE_BUCKETS
    whole.show(last)
    await whole.outcomes_until(2)
    await whole.samples_until(last)

    await assert_told_once(whole)
    await assert_every_sample_once(whole, last)
    assert all(process.running for process in running.values())
    assert [name for name, process in running.items() if b"never retrieved" in process.log_file.read_bytes()] == []
