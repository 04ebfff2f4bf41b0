"""The orchestrator is down in every way that one can be: what it measured meanwhile is read once it is back."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from satark.simulators.tls import server_context
from tests.faults.doors import Door
from tests.faults.recovery import Clock
from tests.faults.truth import SETTLE_BUCKETS, assert_every_sample_once, assert_told_once
from tests.support.certificates import Authority
from tests.support.estate import BAD_BUCKETS, Estate, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(180)]


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


@pytest.fixture
async def door(whole: Estate) -> AsyncIterator[Door]:
    """The way to the orchestrator."""
    async with Door(whole.vco.sim) as way:
        yield way


@dataclass(frozen=True)
class Trouble:
    """A way to be down, and by which word the poller tells it."""

    name: str
    begin: Callable[[], Awaitable[None]]
    told_as: str


class Orchestrator:
    """A simulated orchestrator behind TLS, and the ways to break it."""

    def __init__(self, whole: Estate, door: Door, folder: Path) -> None:
        self._sim = whole.vco.sim
        self._door = door
        authority, stranger = Authority(folder / "own"), Authority(folder / "stranger", name="Another CA")
        self.ca_file = authority.ca_file
        self._tls = _context(authority)
        self._strangers = _context(stranger)

    @property
    def troubles(self) -> list[Trouble]:
        """All ways to be down."""
        return [
            Trouble("refused", self._door.shut, "unreachable"),
            Trouble("another's certificate", lambda: self._door.open(self._strangers), "tls"),
            Trouble("no TLS at all", self._door.open, "unreachable"),
            Trouble("cut off", lambda: self._failing("reset"), "unreachable"),
            Trouble("errors of its own", lambda: self._failing("error_500"), "server_error"),
            Trouble("a gateway's error page", lambda: self._failing("bad_gateway"), "server_error"),
            Trouble("too many requests", self._limited, "rate_limited"),
        ]

    async def well(self) -> None:
        """End all trouble."""
        self._sim.heal()
        await self._door.open(self._tls)

    async def _failing(self, kind: str) -> None:
        self._sim.change(fail=[{"kind": kind, "times": None}])

    async def _limited(self) -> None:
        self._sim.change(rate={"limit": 1, "window_s": 60.0, "penalty_s": 60.0})


def _context(authority: Authority) -> ssl.SSLContext | None:
    identity = authority.issue("orchestrator")
    return server_context(identity.cert_file, identity.key_file)


async def _started(whole: Estate, **poller: str) -> SatarkProcess:
    """Start the services, and wait until the past is read."""
    found = whole.start("poller", SATARK_POLLER_RETRIES="0", **poller)
    for process in (whole.start("detector"), whole.start("notifier"), found):
        await process.ready()
    await whole.samples_until(-1)
    return found


async def test_down_in_every_way(whole: Estate, door: Door, tmp_path: Path, recovery: Clock) -> None:
    """However an orchestrator fails, the poller names the way, and reads every sample once when it is back."""
    orchestrator = Orchestrator(whole, door, tmp_path)
    await orchestrator.well()
    poller = await _started(
        whole,
        SATARK_POLLER_VCO_URL=f"https://127.0.0.1:{door.port}",
        SATARK_POLLER_CA_FILE=str(orchestrator.ca_file),
    )
    for bucket, trouble in enumerate(orchestrator.troubles):
        before = len(poller.events("orchestrator_unreadable", reason=trouble.told_as))
        await trouble.begin()
        whole.show(bucket)

        def told(word: str = trouble.told_as, seen: int = before) -> bool:
            return len(poller.events("orchestrator_unreadable", reason=word)) > seen

        await poller.until(told, what=trouble.name)
        with recovery(f"read again after: {trouble.name}"):
            await orchestrator.well()
            await whole.samples_until(bucket)
    last = BAD_BUCKETS + SETTLE_BUCKETS
    whole.show(last)
    await whole.samples_until(last)

    await assert_told_once(whole)
    await assert_every_sample_once(whole, last)
