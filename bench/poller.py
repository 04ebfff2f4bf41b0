"""What a steady look costs the poller: calls, CPU seconds for 1,000 links, peak memory, by the number of links.

Run: python bench/poller.py [--links 100,1000,10000] [--looks 5] [--driver velocloud-v1]
The simulated orchestrator is a process of its own, and so is each measured poller: CPU and memory are the poller's
alone (parsing, names, ids, encoding for Kafka; Kafka itself is left out). Absolute times are noisy; look at the ratio.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import requests
import structlog

from satark.poller import registry
from satark.poller.errors import OrchestratorError
from satark.poller.look.collector import Collector
from satark.poller.memory.memory import Memory
from satark.poller.memory.roster import Roster
from satark.poller.orchestrator import Orchestrator
from satark.runtime.settings import Secret
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.codec import encode
from satark.schemas.messages import Message
from satark.schemas.metrics import MetricSample
from satark.schemas.states import EntityState

TOKEN = "the-token-of-the-bench"  # noqa: S105 - of a simulator
LINKS_OF_AN_EDGE = 4
START = "2026-03-10T12:10:00Z"
PATIENCE_S = 30.0


class EncodingJournal:
    """Encodes what would be written to Kafka, and forgets it."""

    def __init__(self) -> None:
        self.written = 0

    async def checkpoint(self) -> PollerCheckpoint | None:
        """Return None: every run begins anew."""
        return None

    async def ends(self) -> dict[int, int]:
        """Return the beginning of the only partition."""
        return {0: 0}

    async def learn(self, memory: Memory, offsets: dict[int, int]) -> None:
        """Learn nothing."""

    async def learn_roster(self, roster: Roster) -> None:
        """Learn nothing."""

    async def publish(self, samples: Sequence[MetricSample]) -> list[tuple[int, int]]:
        """Encode samples; return where they would be."""
        for sample in samples:
            encode(sample, source="/bench")
        first = self.written
        self.written += len(samples)
        return [(0, first + number) for number in range(len(samples))]

    async def tell(self, events: Sequence[EntityState | Message]) -> None:
        """Encode states and messages."""
        for event in events:
            encode(event, source="/bench")

    async def set_aside(self, error: OrchestratorError, now: object) -> None:  # noqa: ARG002 - nothing is kept
        """Fail: the simulator's answers are of the right shape."""
        raise error

    async def save(self, checkpoint: PollerCheckpoint) -> None:
        """Encode a checkpoint."""
        encode(checkpoint, source="/bench")


@contextmanager
def simulated(edges: int) -> Iterator[str]:
    """Run an orchestrator with so many edges as a process; yields its URL."""
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        environment = os.environ | {  # noqa: TID251 - handed on to a process
            "SATARK_SIMULATE_VCO_LISTEN": "127.0.0.1:0",
            "SATARK_SIMULATE_VCO_PORT_FILE": str(port_file),
            "SATARK_SIMULATE_VCO_WORLD": "grid",
            "SATARK_SIMULATE_VCO_GRID": f"1x{edges}x{LINKS_OF_AN_EDGE}",
            "SATARK_SIMULATE_VCO_START_AT": START,
            "SATARK_SIMULATE_VCO_RATE": "1",
            "SATARK_SIMULATE_VCO_TOKEN": TOKEN,
            "SATARK_OPS_LISTEN": "127.0.0.1:0",
            "SATARK_LOG_LEVEL": "error",
        }
        command = [str(Path(sys.executable).with_name("satark")), "simulate-vco"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
            try:
                deadline = monotonic() + PATIENCE_S
                while not (port_file.exists() and port_file.read_text().strip()):
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(0.05)
                    if monotonic() > deadline or process.returncode is not None:
                        raise SystemExit("the simulated orchestrator did not start")
                yield f"http://127.0.0.1:{port_file.read_text().strip()}"
            finally:
                process.terminate()


async def measure(url: str, driver: str, looks: int) -> dict[str, Any]:
    """Return what the steady looks of a collector cost."""
    orchestrator = Orchestrator(name="bench", url=url, token=Secret(TOKEN), driver=driver, requests_per_s=1_000.0)
    spoken = registry.build(orchestrator, version="bench")
    journal = EncodingJournal()
    collector = Collector(orchestrator, spoken, journal)
    await collector.cycle()
    calls, cpu_s, samples = [], [], []
    for _ in range(looks):
        before, written = _calls(url, advance_s=300), journal.written
        began = process_time()
        await collector.cycle()
        cpu_s.append(process_time() - began)
        calls.append(_calls(url) - before)
        samples.append(journal.written - written)
    await spoken.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"calls": max(calls), "cpu_s": sorted(cpu_s)[len(cpu_s) // 2], "samples": min(samples), "peak_mb": peak}


def _calls(url: str, *, advance_s: float = 0.0) -> int:
    """Return how many calls the orchestrator has answered, after moving its clock on."""
    if advance_s:
        requests.post(f"{url}/__sim/clock", json={"advance_s": advance_s}, timeout=10).raise_for_status()
    counted = requests.get(f"{url}/__sim/state", timeout=10).json()["calls"]
    return sum(counted.values())


def main() -> None:
    """Measure each size in processes of its own, and print the table."""
    parser = argparse.ArgumentParser(description="cost of a steady look by the number of links")
    parser.add_argument("--links", default="100,1000,10000", help="sizes, comma separated (default 100,1000,10000)")
    parser.add_argument("--looks", type=int, default=5)
    parser.add_argument("--driver", default="velocloud-v1")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    if options.measure:
        print(json.dumps(asyncio.run(measure(options.measure, options.driver, options.looks))))
        return
    print(f"{'links':>8} {'calls':>6} {'samples':>8} {'CPU s':>8} {'CPU s / 1,000 links':>20} {'peak MB':>8}")
    for links in [int(text) for text in options.links.split(",")]:
        with simulated(max(1, links // LINKS_OF_AN_EDGE)) as url:
            again = [sys.executable, __file__, "--measure", url, "--driver", options.driver]
            again += ["--looks", str(options.looks)]
            done = subprocess.run(again, check=True, capture_output=True, text=True)  # noqa: S603 - our own
        found = json.loads(done.stdout.splitlines()[-1])
        each = found["cpu_s"] / links * 1_000
        print(
            f"{links:>8,} {found['calls']:>6} {found['samples']:>8,} {found['cpu_s']:>8.3f} "
            f"{each:>20.3f} {found['peak_mb']:>8.0f}"
        )


if __name__ == "__main__":
    main()
