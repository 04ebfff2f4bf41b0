"""The services are replaced by those of another version, one by one, while everybody goes on; and back again."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from satark.runtime.kafka import read_to_end
from satark.schemas import topics
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved
from satark.schemas.metrics import WAN_LINK
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate as Generators
from tests.faults.earlier import code_of, commit_before
from tests.faults.gateways import QUICK, holds_the_truth, told
from tests.faults.load import EACH_ALONE, LEARNT, LOAD_EDGE, SICK, Load, afresh, loaded
from tests.faults.recovery import Clock
from tests.faults.test_gateway_loss import SCENARIO
from tests.integration.analytics.keeping import asked
from tests.integration.gateway.ledger import Reader
from tests.support.estate import EDGE, Estate, doubles, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(600)]

READERS_FIRST = ("analytics", "notifier", "detector", "gateway", "poller")
"""The order of docs/how-to/upgrade.md; the way back is the other way round."""

GENERATORS = replace(SCENARIO, generators=12)
STORED = "SELECT count(), uniqExact(id, metric) FROM samples WHERE entity LIKE 'wan-link/vco.test/%'"


@dataclass
class Services:
    """All services as processes, each of this version or of that."""

    whole: Estate
    folder: Path
    running: dict[str, SatarkProcess] = field(default_factory=dict)
    address: str = field(default_factory=lambda: f"127.0.0.1:{free_port()}")

    async def start(self, service: str, code: Mapping[str, str]) -> None:
        """Start a service and wait until it is ready."""
        more: Mapping[str, str] = {
            "analytics": {"SATARK_ANALYTICS_STORE": f"chdb://{self.store}"},
            "notifier": EACH_ALONE,
            "gateway": {
                "SATARK_GATEWAY_LISTEN": self.address,
                "SATARK_GATEWAY_INTROSPECT_LISTEN": "none",
                "SATARK_GATEWAY_NAME": "g1",
            },
        }.get(service, {})
        self.running[service] = self.whole.start(service, **more, **code)
        await self.running[service].ready()

    async def stop(self, service: str) -> None:
        """Stop a service as Compose and Kubernetes do."""
        assert 0 == await self.running.pop(service).terminate(), service

    async def replace(self, services: Sequence[str], code: Mapping[str, str]) -> None:
        """Put these in place of the running ones, one by one."""
        for service in services:
            await self.stop(service)
            await self.start(service, code)

    @property
    def store(self) -> Path:
        """Where analytics keeps its history."""
        return self.folder / "store"


async def _until(load: Load, kind: type[IncidentEvent], times: int) -> None:
    """Wait until each sick link has had so many events of a kind."""

    async def all_told() -> bool:
        return len(await load.incidents(kind)) >= times * len(SICK)

    await eventually(all_told, 60, what=f"{kind.__name__} of every sick link")


async def _letters(whole: Estate) -> list[str]:
    """Return the topics in which there are dead letters."""
    names = (*(each.name for each in topics.dead_letter_topics()), topics.FRAMES_DLQ)
    return [name for name in names if [record async for record in read_to_end(whole.settings, name)]]


@pytest.mark.parametrize("changes", [1, 40], ids=["the version before", "an older version"])
async def test_all_services_are_replaced_one_by_one_and_put_back(
    tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses, recovery: Clock, changes: int
) -> None:
    """What the old ones opened the new ones end, and the other way round; nothing is learnt anew, lost, told twice or set aside."""
    old = code_of(commit_before(changes), tmp_path / "old").environment
    async with estate(tmp_path, own_kafka, satark) as whole:
        services = Services(whole, tmp_path)
        for service in READERS_FIRST:
            await services.start(service, old)
        wiring = Wiring((services.address,), timers=QUICK)
        async with (
            loaded(whole.settings) as load,
            Reader(whole.settings, (topics.UVES, topics.GENERATORS)) as reader,
            Generators(GENERATORS, seed=5, wiring=wiring) as generators,
        ):
            await told(generators, 1)
            await eventually(lambda: load.buckets >= LEARNT, 60, what="samples to learn from")
            load.bad = True
            whole.show(1)
            await _until(load, IncidentOpened, 1)

            with recovery("all services are of the new version, and the links' incidents resolved"):
                await services.replace(READERS_FIRST, {})
                load.bad = False
                whole.show(10)
                await _until(load, IncidentResolved, 1)
            await told(generators, 1)
            load.bad = True
            await _until(load, IncidentOpened, 2)

            with recovery("all services are of the old version again, and the links' incidents resolved"):
                await services.replace(READERS_FIRST[::-1], old)
                load.bad = False
                await _until(load, IncidentResolved, 2)
            await told(generators, 1)
            await holds_the_truth(generators, reader)
        await _check(whole, load)
        await _check_history(services, old)


async def _mails(whole: Estate, count: int) -> list[str]:
    """Return how the subjects of the mails of links begin, once there are so many."""
    subjects = [mail.subject for mail in await whole.mails(count)]
    found = [subject.split()[0] for subject in subjects if f"{EDGE} / " in subject or f" {LOAD_EDGE} / " in subject]
    return found if len(found) >= count else []


async def _check(whole: Estate, load: Load) -> None:
    mails = await eventually(lambda: _mails(whole, 4 * len(SICK) + 2), 60, what="two mails of each incident of a link")
    events = await load.events()
    again = await afresh(whole.satark, whole.settings)

    assert {"[OPENED]": 2 * len(SICK) + 1, "[RESOLVED]": 2 * len(SICK) + 1} == Counter(mails)
    assert sorted(2 * SICK) == await load.incidents(IncidentOpened) == await load.incidents(IncidentResolved)
    assert {} == doubles(events) == doubles(await whole.records(topics.METRICS))
    assert {} == doubles(await whole.records(topics.NOTIFICATIONS))
    assert sorted(event.id for event in events) == sorted(str(event["id"]) for event in again)
    assert [] == await _letters(whole)


async def _check_history(services: Services, code: Mapping[str, str]) -> None:
    """Each value of the orchestrator's links is stored once."""
    samples = [sample for sample in await services.whole.records(topics.METRICS) if sample.kind == WAN_LINK]
    values = sum(len(each.metrics) for each in samples if each.entity.startswith("wan-link/vco.test/"))

    async def stored() -> bool:
        await services.stop("analytics")
        if [[values, values]] == await asyncio.to_thread(asked, services.store, STORED):
            return True
        await services.start("analytics", code)
        return False

    await eventually(stored, 60, what=f"{values} values in the store", pause_s=1.0)
