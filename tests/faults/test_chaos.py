"""Whatever runs is killed at random, again and again; in the end all is as if nothing had been."""

import asyncio
import logging
import secrets
from pathlib import Path
from random import Random

import pytest

from tests.faults.everything import SERVICES, everything
from tests.faults.recovery import Clock
from tests.support.environment import variable
from tests.support.estate import BAD_BUCKETS
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(300)]

log = logging.getLogger(__name__)

SEED = "SATARK_FAULTS_SEED"
"""Set it to what a failed run has printed: the same services are killed in the same order, after the same pauses."""

LAST = BAD_BUCKETS + 5
LONGEST_PAUSE_S = 3.0


async def test_kills_at_random(
    tmp_path: Path,
    own_kafka: KafkaEndpoint,
    satark: SatarkProcesses,
    recovery: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each service is killed at random twice over, under traffic of all kinds: samples, incidents, mails, UVEs and rows are right."""
    caplog.set_level(logging.INFO, logger=__name__)
    seed = int(variable(SEED) or secrets.randbelow(10**6))
    log.info("%s=%d", SEED, seed)
    random = Random(seed)  # noqa: S311 - chance, not secrecy
    victims = [service for _ in range(2) for service in random.sample(SERVICES, len(SERVICES))]
    async with everything(tmp_path, own_kafka, satark) as site:
        running = {service: site.start(service) for service in SERVICES}
        await asyncio.gather(*(process.ready() for process in running.values()))
        for bucket, victim in enumerate(victims):
            site.whole.show(bucket)
            await site.generators.play(1)
            await asyncio.sleep(random.uniform(0.0, LONGEST_PAUSE_S))
            log.info("bucket %d: the %s is killed", bucket, victim)
            await running[victim].kill()
            running[victim] = site.start(victim)

        with recovery("all is as if nothing had been"):
            await site.is_as_if_nothing_had_been(LAST)
