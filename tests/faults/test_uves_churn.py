"""Daemons whose objects come and go; detectors are killed and join meanwhile; in the end all is as told."""

import pytest

from tests.integration.detector.churn import Churn, scenario
from tests.integration.detector.comparing import Differences, differences
from tests.integration.detector.dense import Dense
from tests.integration.detector.uve_rig import PARTITIONS, prepared, settings_of, tell
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(300)]

GENERATORS, OBJECTS = 20, 20
"""Simulated daemons: about as many objects as the product of both, most of one daemon alone."""

SOURCES, SHARED = 10, 40
"""Generators that all tell of the same objects. Both are larger in bench/uve_churn.py."""

PATIENCE_S = 100.0


async def test_detectors_die_and_join_while_objects_come_and_go(
    own_kafka: KafkaEndpoint, satark: SatarkProcesses
) -> None:
    """After each step the state is that of an aggregation from scratch, and no share of an ended session is left."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    environment = {"SATARK_KAFKA_BROKERS": own_kafka.brokers, "SATARK_KAFKA_PARTITIONS": str(PARTITIONS)}

    async def started() -> SatarkProcess:
        process = satark.start("detector", environment=environment)
        await process.ready()
        return process

    stories = (Churn(scenario(GENERATORS, OBJECTS)), Dense(SOURCES, SHARED))

    async def tick(number: int) -> None:
        await tell(kafka, [event for story in stories for event in story.tick(number)])

    async def wrong() -> Differences:
        truth = {entity: uve for story in stories for entity, uve in story.truth().items()}
        return await differences(kafka, truth, timeout_s=PATIENCE_S)

    first = await started()
    await tick(0)
    assert Differences() == await wrong()

    second = await started()
    for number in range(1, 4):
        await tick(number)
    await first.kill()
    await tick(4)
    assert Differences() == await wrong()

    third = await started()
    await tick(5)
    await second.terminate()
    for number in range(6, 9):
        await tick(number)
    await third.kill()
    await started()
    await tick(9)
    assert Differences() == await wrong()
