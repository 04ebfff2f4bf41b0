"""The orchestrator answers too slowly, in drips, or stops in the middle: the poller gives up in time, and comes again."""

from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from satark.simulators.vco.faults import FailureKind
from tests.faults.recovery import Clock
from tests.faults.truth import SETTLE_BUCKETS, assert_every_sample_once, assert_told_once
from tests.support.estate import BAD_BUCKETS, Estate, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(180)]

READ_TIMEOUT_S = 1.0
FOR_EVER_S = 120.0

SLOW: dict[str, FailureKind] = {
    "nothing for a long time": "slow",
    "an answer in drips": "drip",
    "half an answer, then nothing": "stall",
}


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


async def test_slow_in_every_way(whole: Estate, recovery: Clock) -> None:
    """However slowly an orchestrator answers, a look ends, says so, and the next good one reads every sample once."""
    poller = whole.start(
        "poller", SATARK_POLLER_RETRIES="0", SATARK_POLLER_READ_TIMEOUT_S=str(READ_TIMEOUT_S), SATARK_POLLER_EVENTS="no"
    )
    for process in (whole.start("detector"), whole.start("notifier"), poller):
        await process.ready()
    await whole.samples_until(-1)
    for bucket, (name, kind) in enumerate(SLOW.items()):
        told = len(poller.events("orchestrator_unreadable", reason="unreachable"))
        whole.vco.sim.fail("*", kind, times=None, delay_s=FOR_EVER_S)
        whole.show(bucket)
        begun = monotonic()
        await poller.until(
            lambda seen=told: len(poller.events("orchestrator_unreadable", reason="unreachable")) > seen, what=name
        )
        waited_s = monotonic() - begun
        with recovery(f"read again after: {name}"):
            whole.vco.sim.heal()
            await whole.samples_until(bucket)

        assert waited_s < FOR_EVER_S / 2
    last = BAD_BUCKETS + SETTLE_BUCKETS
    whole.show(last)
    await whole.samples_until(last)

    await assert_told_once(whole)
    await assert_every_sample_once(whole, last)
