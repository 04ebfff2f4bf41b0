"""More partitions while everybody goes on: the documented procedure, under load, with incidents open across it."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from satark.analytics.mirror.mirror import Mirror
from satark.runtime.checking.survey import Survey
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import end_offsets, partition_of, read_to_end
from satark.schemas import topics
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate as Generators
from satark.uve.state import load_share
from tests.faults.gateways import QUICK, holds_the_truth
from tests.faults.gateways import start as started_gateway
from tests.faults.gateways import told as said
from tests.faults.load import EACH_ALONE, LEARNT, SICK, Load, afresh, loaded
from tests.faults.recovery import Clock
from tests.faults.test_gateway_loss import SCENARIO
from tests.integration.detector.uve_rig import prepared as topics_made
from tests.integration.detector.uve_rig import settings_of
from tests.integration.gateway.ledger import Reader
from tests.support.estate import EDGE, PARTITIONS, Estate, doubles, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(400)]

MORE = 2 * PARTITIONS
DONE, LATER = 0, 75
SAID = ("id", "event", "incident", "sequence", "entity", "severity", "reason", "opened_at", "time", "symptoms")


async def _grow(satark: SatarkProcesses, brokers: str) -> int:
    """Go one step, as the operator does; return the exit status."""
    return await _step(satark, brokers).ended(timeout_s=60)


def _step(satark: SatarkProcesses, brokers: str) -> SatarkProcess:
    environment = {"SATARK_KAFKA_BROKERS": brokers, "SATARK_KAFKA_PARTITIONS": str(MORE)}
    return satark.start("topics", "grow", environment=environment)


async def _until_to_be_stopped(satark: SatarkProcesses, brokers: str) -> None:
    """Repeat the step, as it says, until all is judged and the detectors are to be stopped."""

    async def told() -> bool:
        step = _step(satark, brokers)
        assert LATER == await step.ended(timeout_s=60)
        return "stop them all" in step.output_tail()

    await eventually(told, 60, what="being told to stop the detectors")


async def _grown(satark: SatarkProcesses, brokers: str) -> None:
    """Repeat the last step until it is done: a detector that stops while partitions are shared out counts for a session more."""

    async def done() -> bool:
        return await _grow(satark, brokers) == DONE

    await eventually(done, 60, what="partitions that are grown")


async def _judged(settings: KafkaSettings) -> bool:
    """Whether the detectors have read all samples."""
    async with Survey(settings) as survey:
        groups = await survey.groups(["satark-detector"])
        _, ends = await survey.spans(await survey.topics({topics.METRICS}))
    committed = groups["satark-detector"].committed
    return len(ends) == MORE and all(committed.get(place, 0) == end for place, end in ends.items())


def _moving(entities: Sequence[str]) -> list[str]:
    return [each for each in entities if partition_of(each.encode(), MORE) >= PARTITIONS]


def _told(events: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return what events say of incidents, by id; left out is what a replay has no way to know."""
    return sorted(({name: event[name] for name in SAID} for event in events), key=lambda event: str(event["id"]))


async def _until_open(load: Load) -> None:
    """Wait for an open incident of every sick link."""
    await eventually(lambda: load.buckets >= LEARNT, 60, what="samples to learn from")
    load.bad = True

    async def all_open() -> bool:
        return sorted(SICK) == await load.incidents(IncidentOpened)

    await eventually(all_open, 60, what="an open incident of every sick link")


async def _until_resolved(load: Load) -> None:
    """Wait for the end of every sick link's incident."""

    async def all_resolved() -> bool:
        return len(await load.incidents(IncidentResolved)) >= len(SICK)

    await eventually(all_resolved, 60, what="a resolved incident of every sick link")


async def _started(whole: Estate, services: Sequence[str]) -> list[SatarkProcess]:
    processes = [whole.start(service) for service in services]
    for process in processes:
        await process.ready()
    return processes


async def test_partitions_are_added_while_links_are_judged(
    tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses, recovery: Clock
) -> None:
    """Every sample is judged once and in order, by what was learnt before; an open incident of a link that moves ends once."""
    async with estate(tmp_path, own_kafka, satark) as whole:
        await whole.start("notifier", **EACH_ALONE).ready()
        await _started(whole, ("poller",))
        detectors = await _started(whole, ("detector", "detector"))
        whole.show(1)
        async with loaded(whole.settings) as load:
            await _until_open(load)
            await whole.outcomes_until(1)
            assert _moving(SICK)

            assert LATER == await _grow(satark, own_kafka.brokers)
            await _until_to_be_stopped(satark, own_kafka.brokers)
            with recovery("links in new partitions are judged, and their incidents resolved"):
                for detector in detectors:
                    assert 0 == await detector.terminate()
                await _grown(satark, own_kafka.brokers)
                load.bad = False
                whole.show(10)
                await _started(whole, ("detector", "detector"))
                await _until_resolved(load)
        await eventually(lambda: _judged(whole.settings), 60, what="all samples judged")

        mails = await whole.mails(2 * (len(SICK) + 1))
        events = await load.events()

        assert {"[OPENED]": len(SICK) + 1, "[RESOLVED]": len(SICK) + 1} == Counter(
            mail.subject.split()[0] for mail in mails
        )
        assert ["[OPENED]", "[RESOLVED]"] == [mail.subject.split()[0] for mail in mails if EDGE in mail.subject]
        assert sorted(SICK) == await load.incidents(IncidentOpened) == await load.incidents(IncidentResolved)
        assert {} == doubles(events) == doubles(await whole.records(topics.METRICS))
        assert _told(await afresh(whole.satark, whole.settings)) == _told(
            [msgspec.json.decode(msgspec.json.encode(event)) for event in events]
        )
        assert DONE == await _grow(satark, own_kafka.brokers), "once more changes nothing"


SharesBySession = dict[tuple[str, str, str], int]


def _said(reader: Reader) -> SharesBySession:
    """Return the session of each share that generators say now, by object, generator and struct."""
    return {key: share.session for key, share in reader.ledger.shares.items()}


async def _held(settings: KafkaSettings) -> tuple[set[str], SharesBySession]:
    """Return the objects that have a state, and the shares that detectors have stored, as analytics reads them."""
    mirror = Mirror()
    for topic in (topics.UVE_STATES, topics.UVE_CHANGELOG):
        async for record in read_to_end(settings, topic):
            mirror.apply(record)
    found = {entity: mirror.get(entity) for entity in mirror.keys()}  # noqa: SIM118 - a mirror is no dictionary
    shares = {
        (entity, generator, struct): load_share(value).session
        for entity, held in found.items()
        if held is not None
        for (struct, generator), value in held.shares.items()
    }
    return {entity for entity, held in found.items() if held is not None and held.state is not None}, shares


async def test_partitions_are_added_while_daemons_tell_of_objects(
    tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses, recovery: Clock
) -> None:
    """Sessions begin and end all the time; in the end every object has its shares and its state, and nothing of a session that is over."""
    settings = settings_of(own_kafka, PARTITIONS)
    await topics_made(settings)
    kafka = {"SATARK_KAFKA_BROKERS": own_kafka.brokers}
    gateway = started_gateway(satark, tmp_path, "g1", own_kafka.brokers)
    wiring = Wiring((await gateway.address(),), timers=QUICK)
    detector = satark.start("detector", environment=kafka)
    async with (
        Reader(settings, (topics.UVES, topics.GENERATORS)) as reader,
        Generators(replace(SCENARIO, generators=20), seed=5, wiring=wiring) as generators,
    ):
        await said(generators, 1)
        await detector.ready()

        step, _ = await asyncio.gather(_grow(satark, own_kafka.brokers), said(generators, 4))
        assert LATER == step
        await said(generators, 1)
        await _until_to_be_stopped(satark, own_kafka.brokers)
        with recovery("objects in new partitions have their state"):
            assert 0 == await detector.terminate()
            await said(generators, 1)
            await _grown(satark, own_kafka.brokers)
            await said(generators, 1)
            await satark.start("detector", environment=kafka).ready()
            await said(generators, 1)
            await holds_the_truth(generators, reader)

            async def is_same() -> bool:
                objects, shares = await _held(settings)
                return shares == _said(reader) and objects == {entity for entity, _, _ in shares}

            await eventually(is_same, 60, what="all objects as told", pause_s=1.0)
        assert set(range(MORE)) == set(await end_offsets(settings, topics.UVES))
