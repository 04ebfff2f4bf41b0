"""Kafka as the agent of UVEs sees it, in memory: what was told, written and acknowledged, and a place to crash."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.codec import faust_app
from satark.detector.settings import DetectorSettings
from satark.detector.uves.agent import UveAgent
from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.records import OutgoingRecord
from satark.runtime.service import ServiceContext
from satark.schemas import codec, topics
from satark.schemas.uves import SharesWithdrawn, UveShare
from tests.support.waiting import eventually
from tests.unit.detector.judging.logs import Event, Log, Message, Raw, Stream

PARTITIONS = 2


def partition_of(entity: str) -> int:
    """Return the partition of an object."""
    return int(entity[-1]) % PARTITIONS


def records(events: Sequence[UveShare | SharesWithdrawn]) -> dict[int, list[Raw]]:
    """Return events as the records of partitions; a withdrawal is in each."""
    found: dict[int, list[Raw]] = {number: [] for number in range(PARTITIONS)}
    for event in events:
        made = codec.encode(event, source="/test")
        numbers = range(PARTITIONS) if isinstance(event, SharesWithdrawn) else [partition_of(event.entity)]
        for number in numbers:
            raw = Raw(number, len(found[number]), made.key, made.value, tuple(made.headers), topics.UVES)
            found[number].append(raw)
    return found


@dataclass
class UveLog(Log):
    """A log whose records are shares, and the topics that come of them, by name and partition."""

    topics: dict[tuple[str, int], list[tuple[bytes | None, bytes | None]]] = field(default_factory=dict)

    async def write(self, written: Sequence[OutgoingRecord]) -> list[tuple[int, int]]:
        """Write records one by one, each a place to crash before and after."""
        places = []
        for record in written:
            self.point()
            await asyncio.sleep(0)
            place = record.partition or 0
            kept = self.topics.setdefault((record.topic, place), [])
            kept.append((record.key, record.value))
            places.append((place, len(kept) - 1))
            self.point()
        return places

    async def close(self) -> None:
        """There is nothing to close."""

    def rows(self, number: int) -> list[tuple[bytes | None, bytes | None]]:
        """Return the table's changelog."""
        return self.topics.get((topics.UVE_CHANGELOG, number), [])

    def states(self) -> dict[str, Any]:  # type: ignore[override] # of objects here
        """Return the structs of each object, as a reader of the states knows them."""
        found: dict[str, Any] = {}
        for number in range(PARTITIONS):
            for key, value in self.topics.get((topics.UVE_STATES, number), []):
                found[(key or b"").decode()] = value and json.loads(value)["structs"]
        return {entity: structs for entity, structs in found.items() if structs is not None}


class NoRules:
    """A file without alarm rules."""

    is_changed = False

    def read(self) -> AlarmEngine:
        """Return an engine that looks for nothing."""
        return AlarmEngine(())


class Process:
    """A detector's agent of UVEs, from its start: its partitions are what the changelog says."""

    def __init__(self, log: UveLog, folder: Path, *, chunk: int = 3) -> None:
        self.log, self._chunk = log, chunk
        kafka = KafkaSettings(brokers="127.0.0.1:1", partitions=PARTITIONS)
        context = ServiceContext(name="detector", version="0", kafka=kafka, ops=OpsSettings(), health=Health())
        self.app = faust_app(DetectorSettings(), kafka, datadir=folder)
        self.app.agent = self.app.timer = lambda *_args, **_options: lambda function: function  # type: ignore[method-assign]
        self.app.crash = self._crash  # type: ignore[method-assign, assignment]
        self.app.consumer_generation_id = 1
        self.crash: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self.agent = UveAgent(DetectorSettings(), context)
        self.agent._writer = log  # type: ignore[assignment]
        self.agent._rules = NoRules()  # type: ignore[assignment]
        self.agent.attach(self.app)
        self.table = self.agent._holding._table
        for number in range(PARTITIONS):
            self.recover(number)
        self.stream = Stream()

    def recover(self, number: int) -> None:
        """Make a partition ours, as Faust does when it has read its changelog."""
        rows = self.log.rows(number)
        past: list[Any] = [Raw(number, at, key, value) for at, (key, value) in enumerate(rows)]
        if past:
            self.table.apply_changelog_batch([Event(Message(number, len(rows) - 1, past, 1), self.log)])
        self.table._ours.add(number)
        self.table.on_recovered(number, self.table._rows.pop(number, {}))

    async def _crash(self, error: BaseException) -> None:
        self.crash.set_result(error)

    def feed(self) -> None:
        """Let all that is not committed wait in chunks, of the partitions in turn."""
        waiting = {number: found[self.log.committed(number) :] for number, found in self.log.records.items()}
        while any(waiting.values()):
            for number, found in waiting.items():
                part, waiting[number] = found[: self._chunk], found[self._chunk :]
                if part:
                    self.stream.queue.put_nowait(Event(Message(number, part[-1].offset, part, 1), self.log))

    async def taken(self) -> None:
        """Wait until no chunk waits."""

        async def is_empty() -> bool:
            return self.stream.queue.empty()

        await eventually(is_empty, 10, what="an empty queue")

    def start(self) -> "asyncio.Task[None]":
        """Begin to take in what waits."""
        return asyncio.create_task(self.agent._work(self.stream))

    async def run(self) -> bool:
        """Work until all is acknowledged; return False if it was killed before."""
        self.feed()
        if self.log.is_read():
            return True
        working, reading = self.start(), asyncio.create_task(self.log.all_read.wait())
        await asyncio.wait({working, reading}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()
        reading.cancel()
        ended, _ = await asyncio.gather(working, reading, return_exceptions=True)
        return ended is None or isinstance(ended, asyncio.CancelledError)
