"""How soon a detector with much to remember is ready again, as a ratio to reading its changelog with aiokafka alone.

Run: `python bench/restart.py [--series 100000] [--rounds 3] [--takeover]`. It needs Java 17 and Maven, as the tests do.

The changelog holds one state of each link, as the engine itself writes it after some samples. A round is: aiokafka
reads all of it and does nothing; a detector starts with nothing to remember, which is what Python, imports and joining
the group cost; a detector starts with the changelog, until /readyz says yes. The best of all rounds counts, as other
work on the machine only ever adds. Of each the time by the clock and the CPU time are shown; `restoring` is the
difference of the two starts. --takeover: two detectors share the partitions and one is stopped; how long until the other
has all links, without and with a standby copy.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.rivals.broker import Broker, broker
from bench.rivals.measure import PARTITIONS, Bar, Limits, cpu_s
from bench.rivals.world import METRICS, World
from satark.detector.detection.detection import Detection
from satark.detector.rules import default_rulebook
from satark.schemas.codec import Encoded, decode
from satark.schemas.topics import DETECTOR_CHANGELOG
from tests.support.processes import SatarkProcess, SatarkProcesses

SERIES = 100_000
ROUNDS = 3
SAMPLES = 3
TARGET = 3.0
PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock and of CPU."""

    clock_s: float
    cpu_s: float

    def __sub__(self, other: "Took") -> "Took":
        """Return what it took beyond another."""
        return Took(self.clock_s - other.clock_s, self.cpu_s - other.cpu_s)

    def over(self, other: "Took") -> str:
        """Return both ratios as text."""
        return f"{self.clock_s / other.clock_s:8.2f}x {self.cpu_s / other.cpu_s:8.2f}x"


def best(rounds: list[Took]) -> Took:
    """Return the shortest times, each for itself."""
    return Took(min(took.clock_s for took in rounds), min(took.cpu_s for took in rounds))


def states(world: World) -> Iterator[Encoded]:
    """Return the changelog's records: the state of each link after the world's samples."""
    detection, now = Detection(default_rulebook()), datetime.now(UTC)
    waiting, bar = [], Bar("states of links", world.records)
    for done, record in enumerate(world.measured(now), 1):
        waiting.append(decode(record.topic, record.value, record.headers))
        if len(waiting) == world.links:
            detection.judge(waiting, now)
            waiting.clear()
            bar.show(done)
    bar.clear()
    for entity, state in detection.dump(detection.known()).items():
        yield Encoded(DETECTOR_CHANGELOG, entity.encode(), state, ())


@dataclass(frozen=True, slots=True)
class Bench:
    """A broker, and detectors on their core."""

    own: Broker
    satark: SatarkProcesses
    limits: Limits

    def start(self, **more: str) -> SatarkProcess:
        """Start a detector."""
        environment = {
            "SATARK_KAFKA_BROKERS": self.own.settings.brokers,
            "SATARK_KAFKA_PARTITIONS": str(self.own.settings.partitions),
            **more,
        }
        process = self.satark.start("detector", environment=environment)
        os.sched_setaffinity(process.pid, {self.limits.core})
        return process

    async def reading(self) -> Took:
        """Read the changelog to its end and do nothing with it."""
        os.sched_setaffinity(0, {self.limits.core})
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        async for _ in self.own.read([DETECTOR_CHANGELOG]):
            pass
        took = Took(time.monotonic() - began_s, time.process_time() - began_cpu_s)
        os.sched_setaffinity(0, self.limits.others)
        return took

    async def ready(self, links: int) -> Took:
        """Start a detector, and end it when it is ready and knows so many links."""
        began_s = time.monotonic()
        process = self.start()
        await process.ready(timeout_s=PATIENCE_S)
        took = Took(time.monotonic() - began_s, cpu_s(process.pid))
        told = await process.event("partitions_ready")
        if told["entities"] != links:
            raise SystemExit(f"ready with {told['entities']} links, not {links}:\n{process.output_tail()}")
        await process.terminate()
        return took

    async def takeover(self, links: int, standby: int) -> float:
        """Stop one of two detectors; return the seconds until the other has all links."""
        more = {"SATARK_DETECTOR_STANDBY_REPLICAS": str(standby)}
        first, second = self.start(**more), self.start(**more)
        for process in (first, second):
            await process.ready(timeout_s=PATIENCE_S)
        before = len(second.events("partitions_ready"))
        await first.terminate()
        stopped_s = time.monotonic()

        def has_all() -> bool:
            told = second.events("partitions_ready")[before:]
            return bool(told) and told[-1]["entities"] == links

        await second.until(has_all, PATIENCE_S, what="all links in the other detector")
        took_s = time.monotonic() - stopped_s
        await second.terminate()
        return took_s


@asynccontextmanager
async def bench(limits: Limits, changelog: list[Encoded]) -> AsyncIterator[Bench]:
    """Run a broker whose changelog holds these records."""
    with tempfile.TemporaryDirectory(prefix="satark-bench-") as name:
        satark = SatarkProcesses(Path(name) / "satark")
        async with broker(Path(name) / "kafka", partitions=PARTITIONS) as own:
            try:
                await own.feed(own.batches(changelog), DETECTOR_CHANGELOG)
                yield Bench(own, satark, limits)
            finally:
                await satark.close()


async def measure(links: int, rounds: int, *, takeover: bool) -> int:
    """Measure, print the table, and return 1 when the target is missed."""
    limits = Limits.here(PATIENCE_S)
    os.sched_setaffinity(0, limits.others)
    changelog = [*states(World(links, SAMPLES))]
    size = sum(len(record.key) + len(record.value) for record in changelog)
    async with bench(limits, changelog) as full, bench(limits, []) as empty:
        await full.ready(links)  # the first start compiles modules, and is not counted
        read, alone, restored = [], [], []
        for _ in range(rounds):
            read.append(await full.reading())
            alone.append(await empty.ready(0))
            restored.append(await full.ready(links))
        reading, nothing, ready = best(read), best(alone), best(restored)
        print(f"{links:,} links, {links * METRICS:,} series, {size / 1e6:.1f} MB of changelog; best of {rounds}")
        print(f"{'':34}{'clock s':>9}{'CPU s':>9}{'of reading: clock, CPU':>24}")
        rows = {
            "reading with aiokafka alone": reading,
            "start to ready, nothing to restore": nothing,
            "start to ready": ready,
            "restoring": ready - nothing,
        }
        for name, took in rows.items():
            print(f"{name:34}{took.clock_s:9.2f}{took.cpu_s:9.2f}    {took.over(reading)}")
        if takeover:
            for standby in (0, 1):
                took_s = await full.takeover(links, standby)
                print(
                    f"takeover with {standby} standby copies: {took_s:.1f} s, {took_s / reading.clock_s:.2f}x reading"
                )
    missed = False
    for name, took in (("start to ready", ready), ("restoring", ready - nothing)):
        reached = took.clock_s <= TARGET * reading.clock_s
        missed |= not reached
        print(f"{name} within {TARGET:g} times reading alone: {'yes' if reached else 'NO'}")
    return int(missed)


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description="time to ready as a ratio to reading the changelog alone")
    parser.add_argument("--series", type=int, default=SERIES, help=f"series to remember ({SERIES:,})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of which the best counts ({ROUNDS})")
    parser.add_argument("--takeover", action="store_true", help="also stop one of two detectors")
    options = parser.parse_args()
    sys.exit(asyncio.run(measure(max(1, options.series // METRICS), options.rounds, takeover=options.takeover)))


if __name__ == "__main__":
    main()
