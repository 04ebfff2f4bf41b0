"""Looks at one cluster for a check: each fetches values by the survey and returns findings."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from satark.runtime.checking import contents, outcomes, readers, standing
from satark.runtime.checking.findings import Finding, State
from satark.runtime.checking.readers import Position
from satark.runtime.checking.survey import Survey
from satark.runtime.records import Record
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.generators import GatewayLease, GeneratorSession
from satark.schemas.notifications import Notification
from satark.schemas.states import ORCHESTRATOR, EntityState
from satark.schemas.topics import (
    ANOMALIES,
    GATEWAYS,
    GENERATORS,
    INCIDENT_GROUPS,
    METRICS,
    NOTIFICATIONS,
    POLLER_CHECKPOINTS,
    STATES,
    UVES,
)

TAIL = 5
"""So many offsets before the end hold a record, where not all are marks of transactions or were compacted away."""

MOST_RECORDS = 100_000
"""Of one topic in one look; whoever has more sees that it was not read whole."""

READ_S = 8.0
HEADS_S = 5.0
E = TypeVar("E")
Span = tuple[int, int]


class Looks:
    """Looks at a cluster whose topics and offsets are known. Every look raises KafkaError or OSError."""

    def __init__(
        self,
        survey: Survey,
        topics: Collection[str],
        begins: dict[Position, int],
        ends: dict[Position, int],
    ) -> None:
        self._survey = survey
        self._topics = frozenset(topics)
        self._begins = begins
        self._ends = ends

    async def readers(self, services: Iterable[str]) -> list[Finding]:
        """Look at the services' consumer groups."""
        names = list(services)
        groups = await self._survey.groups({readers.PREFIX + name for name in names})
        by_service = {name: groups.get(readers.PREFIX + name) for name in names}
        lags = {
            name: readers.lag_of(group.committed if group else {}, self._begins, self._ends)
            for name, group in by_service.items()
        }
        spans = {p: (offset, offset + 1) for lag in lags.values() for p, offset in lag.waiting.items()}
        heads, _ = await self._survey.read(spans, most=MOST_RECORDS, seconds=HEADS_S, few=True)
        found = []
        for name, group in by_service.items():
            oldest = min((r.timestamp for r in heads if _waits(r, lags[name])), default=None)
            found.append(readers.reader_found(name, group, lags[name], oldest, _now()))
        return found

    async def contents(self, dead: Iterable[str], without: Collection[str], generators: int) -> list[Finding]:
        """Look at what topics end with: dead letters, data, clocks. `generators` are connected."""
        letters = [name for name in dead if name in self._topics]
        spans = self._tails({METRICS, UVES, ANOMALIES, INCIDENT_GROUPS, *letters})
        tails, whole = await self._survey.read(spans, most=MOST_RECORDS, seconds=READ_S, few=True)
        now = _now()
        found = [contents.letters_found(name, self._count(name), _last(tails, name), now) for name in letters]
        if "poller" not in without:
            found.append(contents.samples_found(_newest(tails, METRICS), now))
        if "gateway" not in without:
            found.append(contents.uves_found(_newest(tails, UVES), generators, now))
        found.append(contents.incidents_found(_newest(tails, ANOMALIES, INCIDENT_GROUPS), now))
        clock = contents.clock_found("records", contents.ahead_of(tails, now))
        return [*found, *_cut(contents.DATA, whole=whole), *([clock] if clock else [])]

    async def generators(self) -> tuple[list[Finding], int]:
        """Look at gateways and generators; return the findings, and how many generators are connected."""
        leases, one = await self._latest(GATEWAYS, GatewayLease)
        sessions, two = await self._latest(GENERATORS, GeneratorSession)
        now = _now()
        found = [*standing.gateways_found(leases, now), *standing.generators_found(sessions, leases, now)]
        return [*found, *_cut("sources", whole=one and two)], standing.connected(sessions)

    async def orchestrators(self) -> list[Finding]:
        """Look at what pollers say of orchestrators."""
        checkpoints, one = await self._latest(POLLER_CHECKPOINTS, PollerCheckpoint)
        states, two = await self._latest(STATES, EntityState, prefix=f"{ORCHESTRATOR}/".encode())
        found = standing.orchestrators_found(checkpoints, states, _now())
        return [*found, *_cut("sources", whole=one and two)]

    async def outcomes(self) -> list[Finding]:
        """Look at what became of notifications within the last day."""
        start_ms = int((_now() - outcomes.OF_LATE).timestamp() * 1000)
        positions = [p for p, (begin, end) in self._spans({NOTIFICATIONS}).items() if begin < end]
        starts = await self._survey.since(positions, start_ms)
        spans = {p: (start, self._ends[p]) for p, start in starts.items()}
        records, whole = await self._survey.read(spans, most=MOST_RECORDS, seconds=READ_S)
        told = standing.latest(records, Notification).values()
        return [*outcomes.outcomes_found(told, _now()), *_cut(outcomes.PART, whole=whole)]

    async def _latest(self, topic: str, kind: type[E], *, prefix: bytes = b"") -> tuple[dict[bytes, E], bool]:
        records, whole = await self._survey.read(self._spans({topic}), most=MOST_RECORDS, seconds=READ_S)
        return standing.latest((r for r in records if (r.key or b"").startswith(prefix)), kind), whole

    def _spans(self, topics: Collection[str]) -> dict[Position, Span]:
        return {p: (self._begins.get(p, 0), end) for p, end in self._ends.items() if p[0] in topics}

    def _tails(self, topics: Collection[str]) -> dict[Position, Span]:
        return {p: (max(begin, end - TAIL), end) for p, (begin, end) in self._spans(topics).items()}

    def _count(self, topic: str) -> int:
        return sum(end - begin for begin, end in self._spans({topic}).values())


def _waits(record: Record, lag: readers.Lag) -> bool:
    start = lag.waiting.get((record.topic, record.partition))
    return start is not None and record.offset >= start


def _last(records: Iterable[Record], topic: str) -> Record | None:
    return max((r for r in records if r.topic == topic), key=lambda record: record.timestamp, default=None)


def _newest(records: Iterable[Record], *topics: str) -> datetime | None:
    return contents.newest_of(record for record in records if record.topic in topics)


def _cut(part: str, *, whole: bool) -> list[Finding]:
    if whole:
        return []
    detail = "there is more than could be read in the time: what is above may be incomplete"
    return [Finding(part=part, what="reading", state=State.UNKNOWN, detail=detail)]


def _now() -> datetime:
    return datetime.now(UTC)
