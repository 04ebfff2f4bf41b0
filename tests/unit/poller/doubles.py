"""A journal in memory, an orchestrator that says what it is told to, and what tests of the poller share."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from msgspec.structs import replace

from satark.poller import registry
from satark.poller.errors import OrchestratorError
from satark.poller.http.exchange import Answer
from satark.poller.inventory import Edge, Enterprise, Link, Place, entity_prefix
from satark.poller.journal import Journal
from satark.poller.look.collector import Collector
from satark.poller.memory.memory import Memory
from satark.poller.memory.roster import Roster
from satark.poller.orchestrator import Orchestrator
from satark.poller.telling.watch import entity_of
from satark.runtime.settings import Secret
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.messages import Message
from satark.schemas.metrics import MetricSample
from satark.schemas.states import EntityState

SAMPLES = Path(__file__).parents[2] / "data" / "vco"
MANIFEST: dict[str, dict[str, Any]] = {
    row["file"]: row for row in json.loads((SAMPLES / "manifest.json").read_text())["files"]
}
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
ELEVEN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
FIBRE_A = "00000001-6c1e-4d0a-9f3b-2b7a5d1e0a11"
BROADBAND_B = "00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22"
TOKEN = "an-invented-token-of-the-tests"
PASSWORD = "an-invented-password-of-the-tests"
PARTITIONS = 3


def settings_for(url: str, **changes: Any) -> Orchestrator:
    """Return an orchestrator with a token, quick to give up and in a hurry."""
    given: dict[str, Any] = {
        "token": Secret(TOKEN),
        "name": "vco.example.net",
        "driver": "velocloud-v1",
        "retries": 0,
        "requests_per_s": 1_000.0,
        "events": False,
    }
    return Orchestrator(url=url, **(given | changes))


def place_of(*links: str) -> Place:
    """Return the place of an edge of the sample payloads."""
    names = {FIBRE_A: ("Fibre A", "GE3", "Example Telecom"), BROADBAND_B: ("Broadband B", "GE4", "Sample Broadband")}
    known = {link: Link(link, *names[link]) for link in links or names}
    edge = Edge(id=20311, name="LDN-BR-01", state="CONNECTED", site="London", timezone="Europe/London", links=known)
    return Place("vco.example.net", Enterprise(4101, "Northwind Freight Ltd", "Europe/London"), edge)


def sample_answer(file: str, **headers: str) -> Answer:
    """Return a sample payload as the answer that the manifest says it is."""
    row = MANIFEST[file]
    body = (SAMPLES / file).read_bytes()
    if file.endswith(".http"):
        head, _, body = body.replace(b"\r\n", b"\n").partition(b"\n\n")
        lines = [line.partition(": ") for line in head.decode().splitlines()[1:]]
        cookies = tuple(value for name, _, value in lines if name.lower() == "set-cookie")
        return Answer(row["http"], {name.lower(): value for name, _, value in lines} | headers, body, cookies)
    return Answer(row["http"], {"content-type": row["content_type"]} | headers, body)


@dataclass
class MemoryJournal:
    """Keeps what Kafka would keep; may be told to fail at the next publication or checkpoint, after doing it or not."""

    records: list[tuple[int, int, MetricSample]] = field(default_factory=list)
    checkpoints: list[PollerCheckpoint] = field(default_factory=list)
    letters: list[OrchestratorError] = field(default_factory=list)
    told: list[EntityState | Message] = field(default_factory=list)
    lengths: Counter[int] = field(default_factory=Counter)
    crash_before_publish: int = -1
    crash_before_save: int = -1

    async def checkpoint(self) -> PollerCheckpoint | None:
        """Return the latest checkpoint."""
        return self.checkpoints[-1] if self.checkpoints else None

    async def ends(self) -> dict[int, int]:
        """Return the next offset of each partition."""
        return {partition: self.lengths[partition] for partition in range(PARTITIONS)}

    async def learn(self, memory: Memory, offsets: dict[int, int]) -> None:
        """Let a memory learn what was published from the offsets on."""
        for partition, offset, sample in self.records:
            if offset >= offsets.get(partition, 0):
                memory.ledger.passed(partition, offset)
                if sample.entity.startswith((entity_prefix("vco.example.net"), entity_of("vco.example.net"))):
                    memory.learn(sample, partition, offset)

    async def learn_roster(self, roster: Roster) -> None:
        """Enter the states that were told."""
        for event in self.told:
            if isinstance(event, EntityState):
                roster.learn(event)

    async def tell(self, events: Sequence[EntityState | Message]) -> None:
        """Keep states and messages."""
        self.told += events

    @property
    def states(self) -> list[EntityState]:
        """The states that were told, in order."""
        return [event for event in self.told if isinstance(event, EntityState)]

    async def publish(self, samples: Sequence[MetricSample]) -> list[tuple[int, int]]:
        """Keep samples."""
        self.crash_before_publish -= 1
        if self.crash_before_publish == -1:
            raise CrashError
        written = []
        for sample in samples:
            partition = sum(sample.entity.encode()) % PARTITIONS
            offset = self.lengths[partition]
            self.lengths[partition] += 1
            self.records.append((partition, offset, sample))
            written.append((partition, offset))
        return written

    async def set_aside(self, error: OrchestratorError, _now: datetime) -> None:
        """Keep a letter."""
        self.letters.append(error)

    async def save(self, checkpoint: PollerCheckpoint) -> None:
        """Keep a checkpoint."""
        self.crash_before_save -= 1
        if self.crash_before_save == -1:
            raise CrashError
        self.checkpoints.append(checkpoint)

    @property
    def samples(self) -> list[MetricSample]:
        """Everything that was published, in order."""
        return [sample for _, _, sample in self.records]

    @property
    def ids(self) -> list[str]:
        """The ids of everything that was published."""
        return [sample.id for sample in self.samples]


class CrashError(Exception):
    """The process ends here."""


def collector_for(orchestrator: Orchestrator, journal: Journal) -> Collector:
    """Return a new collector, as a new process would have it."""
    return Collector(orchestrator, registry.build(orchestrator, version="0"), journal)


Reply = Callable[[str, dict[str, Any]], web.StreamResponse | Any]


@dataclass
class ScriptedVco:
    """Answers `reply(method, params)`: a response, or a result for the envelope. Keeps the requests' headers."""

    reply: Reply
    url: str = ""
    calls: Counter[str] = field(default_factory=Counter)
    headers: list[dict[str, str]] = field(default_factory=list)
    params: list[dict[str, Any]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await request.json()
        is_login = request.path != "/portal/"
        method = request.path.strip("/") if is_login else body["method"]
        self.calls[method] += 1
        self.headers.append(dict(request.headers))
        self.params.append(body if is_login else body["params"])
        answer = self.reply(method, self.params[-1])
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.json_response({"jsonrpc": "2.0", "result": answer, "id": body.get("id")})


@asynccontextmanager
async def scripted_vco(reply: Reply) -> AsyncIterator[ScriptedVco]:
    """Run a scripted orchestrator on a free port of loopback."""
    vco = ScriptedVco(reply)
    app = web.Application()
    app.router.add_post("/{path:.*}", vco.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        vco.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield vco
    finally:
        await runner.cleanup()


def with_login(orchestrator: Orchestrator, username: str, password: str, **changes: Any) -> Orchestrator:
    """Return the orchestrator with a login instead of the token."""
    return replace(orchestrator, token=None, username=username, password=Secret(password), **changes)
