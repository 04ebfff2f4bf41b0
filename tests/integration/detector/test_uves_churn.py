"""Simulated daemons whose objects come and go; detectors are killed and join meanwhile; in the end all is as told."""

from typing import Any

import pytest

from satark.runtime.groups import KafkaSettings
from satark.uve import views
from satark.uve.uves import Uves
from tests.integration.detector.churn import Churn, scenario
from tests.integration.detector.test_uves_golden import objects
from tests.integration.detector.uve_rig import PARTITIONS, prepared, settings_of, settled, states, tell
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(300)]

GENERATORS, OBJECTS = 20, 20
"""About as many objects as the product of both; a hundred times as many are in bench/uve.py."""

PATIENCE_S = 100.0


def timeless(objects_: dict[str, Any]) -> dict[str, Any]:
    """Objects without the times of their structs: from scratch they are others."""
    return {
        entity: {
            struct: {name: value for name, value in each.items() if name != "__T"} for struct, each in structs.items()
        }
        for entity, structs in objects_.items()
    }


async def check(kafka: KafkaSettings, truth: Uves) -> None:
    """Compare the states and the stored shares with objects that are put together from scratch."""
    await settled(kafka, PATIENCE_S)
    shown = {key: state.structs for key, state in (await states(kafka)).items()}
    stored = await objects(kafka)
    wanted = {entity: truth[entity] for entity in truth}

    assert [] == sorted(wanted.keys() ^ shown.keys())
    assert [] == sorted(wanted.keys() ^ stored.keys())
    assert timeless({key: views.flat(uve) for key, uve in wanted.items()}) == timeless(shown)
    assert timeless({key: views.structured(uve) for key, uve in wanted.items()}) == timeless(
        {key: views.structured(uve) for key, uve in stored.items()}
    )
    assert _sources(wanted) == _sources(stored), "a share of a session that is over is a ghost"


def _sources(uves: Any) -> set[tuple[Any, ...]]:
    return {(entity, *key, share.session) for entity, uve in uves.items() for key, share in uve.shares()}


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

    churn = Churn(scenario(GENERATORS, OBJECTS))
    first = await started()
    await tell(kafka, churn.tick(0))
    await check(kafka, churn.truth())

    second = await started()
    for tick in range(1, 4):
        await tell(kafka, churn.tick(tick))
    await first.kill()
    await tell(kafka, churn.tick(4))
    await check(kafka, churn.truth())

    third = await started()
    await tell(kafka, churn.tick(5))
    await second.terminate()
    for tick in range(6, 9):
        await tell(kafka, churn.tick(tick))
    await third.kill()
    await started()
    await tell(kafka, churn.tick(9))
    await check(kafka, churn.truth())
