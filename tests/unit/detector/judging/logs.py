"""Kafka as the judging agent sees it, in memory: what was read, published, stored and acknowledged, and a place to crash."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from satark.detector.codec import faust_app
from satark.detector.judging.agent import Judging
from satark.detector.settings import DetectorSettings
from satark.detector.transport import Span
from satark.runtime.groups import KafkaSettings
from satark.schemas import codec
from satark.schemas.baselines import EntityBaseline
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import MetricSample
from satark.schemas.topics import METRICS
from tests.support.waiting import eventually

PARTITIONS = 2
Rows = Sequence[tuple[bytes, bytes]]


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as the client gives it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    topic: str = METRICS
    timestamp: int = 1_773_144_600_500
    timestamp_type: int = 0


@dataclass
class Message:
    """What Faust makes of a chunk."""

    partition: int
    offset: int
    value: Sequence[Raw]
    generation_id: int


@dataclass
class Event:
    """A chunk on its way; acknowledging it is noted in the log."""

    message: Message
    log: "Log"
    value: Any = None

    def ack(self) -> None:
        """Acknowledge it."""
        self.log.point()
        self.log.acknowledged.append((self.message.partition, self.message.offset))
        if self.log.is_read():
            self.log.all_read.set()


@dataclass
class Log:
    """Topics that stay when a process ends. `kill_at` counts moments before and after whatever is done to them."""

    records: dict[int, list[Raw]]
    told: list[IncidentEvent] = field(default_factory=list)
    normals: list[EntityBaseline] = field(default_factory=list)
    changelog: dict[int, list[tuple[bytes, bytes]]] = field(default_factory=dict)
    acknowledged: list[tuple[int, int]] = field(default_factory=list)
    letters: list[bytes | None] = field(default_factory=list)
    kill_at: int = -1
    moments: int = 0
    all_read: asyncio.Event = field(default_factory=asyncio.Event)

    def point(self) -> None:
        """End the process if it is time."""
        self.moments += 1
        if self.moments == self.kill_at:
            raise Killed

    def committed(self, partition: int) -> int:
        """Return the next offset to read."""
        return max((offset + 1 for number, offset in self.acknowledged if number == partition), default=0)

    def is_read(self) -> bool:
        """Return whether all is acknowledged."""
        return all(self.committed(number) == len(records) for number, records in self.records.items())

    async def publish(self, event: IncidentEvent | EntityBaseline) -> None:
        """Write an event of an incident, or what is normal."""
        self.point()
        await asyncio.sleep(0)
        if isinstance(event, EntityBaseline):
            self.normals.append(event)
        else:
            self.told.append(event)
        self.point()

    async def store(self, _topic: str, partition: int, rows: Rows, *, wanted: Callable[[], bool]) -> Span | None:
        """Write rows to the changelog."""
        if not wanted():
            return None
        self.point()
        await asyncio.sleep(0)
        kept = self.changelog.setdefault(partition, [])
        kept.extend(rows)
        self.point()
        return Span(len(kept) - len(rows), len(kept) - 1, is_whole=True)

    def topic(self, _name: str) -> None:
        """There are no topics: agents are not run by an app here."""

    async def set_aside(self, record: Any, _error: Exception) -> None:
        """Keep what cannot be judged."""
        await asyncio.sleep(0)
        self.letters.append(record.value)

    def states(self) -> dict[bytes, bytes]:
        """Return what the changelog says now."""
        return {key: value for rows in self.changelog.values() for key, value in rows}


class Stream:
    """A Faust stream as far as the agent uses it: a channel with a queue."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Event] = asyncio.Queue()
        self.channel = self

    def __aiter__(self) -> "Stream":
        return self

    async def __anext__(self) -> Event:
        return await self.queue.get()


class Process:
    """A detector's judging, from its start: the table is what the changelog says, and reading begins at what is committed."""

    def __init__(self, log: Log, folder: Path, *, chunk: int = 4, batch: int = 8, interval_s: float = 1e-6) -> None:
        self.log = log
        settings = DetectorSettings(method="seed", commit_interval_s=interval_s, batch=batch)
        kafka = KafkaSettings(brokers="127.0.0.1:1", partitions=PARTITIONS)
        self.app = faust_app(settings, kafka, datadir=folder)
        self.app.consumer_generation_id = 1
        self.app.crash = self._crash  # type: ignore[method-assign, assignment]
        self.app.agent = self.app.timer = lambda *_args, **_options: lambda function: function  # type: ignore[method-assign]
        delivery: Any = log
        self.judging = Judging(settings, kafka, delivery)
        self.judging.attach(self.app)
        self.table = self.judging._table
        for number, rows in log.changelog.items():
            past = [Raw(number, at, key, value) for at, (key, value) in enumerate(rows)]
            self.table.apply_changelog_batch([Event(Message(number, len(rows) - 1, past, 1), log)])
        self.stream = Stream()
        self._chunk = chunk

    async def _crash(self, error: BaseException) -> None:
        """What Faust would end with; the agent raises it too."""

    def feed(self, generation: int = 1) -> None:
        """Let all that is not committed wait in chunks, of the partitions in turn."""
        waiting = {number: records[self.log.committed(number) :] for number, records in self.log.records.items()}
        while any(waiting.values()):
            for number, records in waiting.items():
                part, waiting[number] = records[: self._chunk], records[self._chunk :]
                if part:
                    self.stream.queue.put_nowait(Event(Message(number, part[-1].offset, part, generation), self.log))

    def start(self) -> "asyncio.Task[None]":
        """Begin to judge what waits."""
        return asyncio.create_task(self.judging._judge(self.stream))

    async def taken(self) -> None:
        """Wait until no chunk waits."""

        async def is_empty() -> bool:
            return self.stream.queue.empty()

        await eventually(is_empty, 10, what="an empty queue")

    async def run(self) -> bool:
        """Judge until all is acknowledged; return False if it was killed before."""
        self.feed()
        if self.log.is_read():
            return True
        working, reading = self.start(), asyncio.create_task(self.log.all_read.wait())
        await asyncio.wait({working, reading}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()
        reading.cancel()
        ended, _ = await asyncio.gather(working, reading, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended
        return not isinstance(ended, Killed)


def records(samples: Iterable[MetricSample], partition_of: Callable[[str], int]) -> dict[int, list[Raw]]:
    """Return samples as the records of partitions."""
    found: dict[int, list[Raw]] = {number: [] for number in range(PARTITIONS)}
    for sample in samples:
        encoded = codec.encode(sample, source="/test")
        partition = found[partition_of(sample.entity)]
        partition.append(
            Raw(partition_of(sample.entity), len(partition), encoded.key, encoded.value, tuple(encoded.headers))
        )
    return found
