"""Running one contender: it settles on the scene, then takes the measured part; clock and CPU run only for the latter.

A contender is done when its consumer group has committed all. What takes longer than the limit is judged by what it
had committed by then.
"""

import asyncio
import math
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.rivals.broker import Batches, Broker, broker
from bench.rivals.world import KNOWN_LINKS, METRICS, World, is_known
from satark.schemas.topics import METRICS as TOPIC
from tests.support.environment import child_environment
from tests.support.owned import Owned, run_owned

PARTITIONS = 4
LOOK_S = 0.2
SLOWER = 8
"""A contender may take so many times its CPU seconds by the clock: other work on the machine, waiting for the broker."""

PATIENCE_S = 400.0
TICKS_A_S = os.sysconf("SC_CLK_TCK")
TAIL_CHARS = 2_000


class RivalEndedError(RuntimeError):
    """A contender ended, or never came to the end of the scene; the message holds the end of its output."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to judge the samples: how it is named, what it does, and how its process is started.

    `command` makes its command line of the brokers and a folder of its own. `told` is the topic of its incidents, None
    where it judges nothing. `group` is its consumer group. `changelogs` are those that are made for it.
    `most_points` bounds the measured part for one that is too slow for all of it.
    """

    name: str
    does: str
    group: str
    command: Callable[[str, Path], Sequence[str]]
    told: str | None
    environment: Callable[[Any, Path], Mapping[str, str]] = field(default=lambda _settings, _folder: {})
    changelogs: Sequence[str] = ()
    most_points: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run came to. `state_bytes` is that of a series; `right` says whether the scene's incidents were told."""

    contender: str
    series: int
    points: int
    took_s: float
    cpu_s: float
    state_bytes: float
    right: bool
    complete: bool

    @property
    def a_second(self) -> float:
        """Points of a second by the clock."""
        return self.points / self.took_s

    @property
    def a_core(self) -> float:
        """Points of a second of CPU."""
        return self.points / self.cpu_s

    @property
    def cost_us(self) -> float:
        """Microseconds of CPU for a point; without end where none was done in time."""
        return self.cpu_s / self.points * 1e6 if self.points else math.inf


@dataclass(frozen=True, slots=True)
class Limits:
    """How many seconds of CPU a contender may take, and the cores: the contender's, and everything else's."""

    cpu_s: float
    core: int
    others: frozenset[int]

    @classmethod
    def here(cls, cpu_s: float) -> "Limits":
        """Return the limits with the cores of this machine shared out; with only one core they share it."""
        cores = sorted(os.sched_getaffinity(0))
        return cls(cpu_s, core=cores[0], others=frozenset(cores[1:] or cores))


class Bar:
    """A progress bar on standard error, where that is a terminal."""

    def __init__(self, name: str, total: int) -> None:
        self._name, self._total = name, max(1, total)

    def show(self, done: int) -> None:
        """Draw it."""
        if sys.stderr.isatty():
            filled = min(30, 30 * done // self._total)
            print(f"\r{self._name:<34} {'█' * filled}{'·' * (30 - filled)}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Remove it."""
        if sys.stderr.isatty():
            print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)


def cpu_s(group: int) -> float:
    """Return the CPU seconds of a process group, ended children included."""
    total = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text(errors="replace").rpartition(") ")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += sum(map(int, fields[11:15]))
    return total / TICKS_A_S


class Running:
    """A contender's process on its core, with its output in a file."""

    def __init__(self, contender: Contender, own: Broker, folder: Path, core: int) -> None:
        self._contender = contender
        self._output = folder / "output.txt"
        pinned = ["taskset", "-c", str(core)] if shutil.which("taskset") else []
        self._process: Owned = run_owned(
            [*pinned, *contender.command(own.settings.brokers, folder)],
            self._output,
            child_environment(contender.environment(own.settings, folder)),
        )

    def check(self) -> None:
        """Raise RivalEndedError when it has ended."""
        if not self._process.running:
            raise RivalEndedError(f"{self._contender.name} ended with {self._process.status}:\n{self.tail()}")

    def tail(self) -> str:
        """Return the end of its output."""
        return self._output.read_text(errors="replace")[-TAIL_CHARS:]

    def cpu_s(self) -> float:
        """Return the CPU seconds of the process and of its children, ended or not."""
        return cpu_s(self._process.pid)

    async def close(self) -> None:
        """End it."""
        await self._process.kill()


async def measure(contender: Contender, world: World, limits: Limits) -> Measured:
    """Run one contender on a broker of its own; the folder with all data is removed at the end.

    Raises RivalEndedError.
    """
    os.sched_setaffinity(0, limits.others)
    most = contender.most_points
    records = world.records if most is None else min(world.records, most // METRICS)
    with tempfile.TemporaryDirectory(prefix="satark-bench-") as name:
        folder = Path(name)
        async with broker(folder / "kafka", partitions=PARTITIONS, compacted=contender.changelogs) as own:
            now = datetime.now(UTC)
            scene, measured = own.batches(world.scene(now)), own.batches(islice(world.measured(now), records))
            await own.feed(scene)
            running = Running(contender, own, folder, limits.core)
            try:
                return await _race(Race(contender, own, running), world, limits, scene, measured)
            finally:
                await running.close()


@dataclass(frozen=True, slots=True)
class Race:
    """A contender at work."""

    contender: Contender
    own: Broker
    running: Running

    async def until(self, wanted: int, cpu_s: float, clock_s: float) -> int:
        """Wait until so many records are committed, or the time is over; return how many are.

        Raises RivalEndedError when the process ends.
        """
        bar, began_cpu_s = Bar(self.contender.name, wanted), self.running.cpu_s()
        ends_s = time.monotonic() + clock_s
        while (done := await self.own.committed(self.contender.group)) < wanted:
            self.running.check()
            if time.monotonic() > ends_s or self.running.cpu_s() - began_cpu_s > cpu_s:
                break
            bar.show(done)
            await asyncio.sleep(LOOK_S)
        bar.clear()
        return done


async def _race(race: Race, world: World, limits: Limits, first: Batches, batches: Batches) -> Measured:
    scene, records = count(first), count(batches)
    if await race.until(scene, PATIENCE_S, PATIENCE_S) < scene:
        raise RivalEndedError(f"{race.contender.name} did not finish the scene:\n{race.running.tail()}")
    began_s, began_cpu_s = time.monotonic(), race.running.cpu_s()
    await race.own.feed(batches)
    done = await race.until(scene + records, limits.cpu_s, SLOWER * limits.cpu_s) - scene
    took_s, cpu_s = time.monotonic() - began_s, race.running.cpu_s() - began_cpu_s
    await race.running.close()
    links = KNOWN_LINKS + min(done, world.links)
    state_bytes = await race.own.state_bytes() / (METRICS * links)
    told = {entity async for entity in _told(race.own, race.contender) if is_known(entity)}
    return Measured(
        contender=race.contender.name,
        series=world.series,
        points=done * METRICS,
        took_s=took_s,
        cpu_s=max(cpu_s, 1 / TICKS_A_S),
        state_bytes=state_bytes,
        right=race.contender.told is None or told == world.faulty,
        complete=done >= records,
    )


async def _told(own: Broker, contender: Contender) -> Any:
    if contender.told is not None and contender.told in await own.topics():
        async for record in own.read([contender.told]):
            yield record.key.decode()


def count(batches: Batches) -> int:
    """Return the number of records in batches."""
    return sum(batch.record_count() for _, batch in batches)


__all__ = ["PARTITIONS", "TOPIC", "Bar", "Contender", "Limits", "Measured", "RivalEndedError", "cpu_s", "measure"]
