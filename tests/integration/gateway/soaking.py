"""A soak of gateway processes: generators that stay, generators that storm, bad peers; and what grew of it.

A soak has rounds. After each of them the storm has left, those that stay are silent, and all is published: at rest
two rounds can be compared to the last file descriptor.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from satark.runtime.groups import KafkaSettings
from satark.sandesh.session.states import Timers
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate
from satark.simulators.generators.hostile import ATTACKS, Target, attack
from satark.simulators.generators.kinds import Kind
from satark.simulators.generators.pauses import pause
from satark.simulators.generators.scenario import SCENARIOS, Scenario
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import NeverHappenedError, eventually

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MIB = 1024 * 1024
QUICK = Timers(first_hold_s=0.1, longest_hold_s=0.5)
ATTACK_S = 1.5
REST_S = 60.0
LOOK_S = 1.5
"""Longer than the gateway's sweep, which sets the number of tasks: two looks never see the same sweep."""

SPARE = 4
"""File descriptors and tasks that may come and go: Kafka's connections, and the look itself."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What all gateways together hold at a moment; `at_s` since the soak began.

    `given_up`: messages that were dropped or set aside, as those of bad peers are.
    """

    at_s: float
    rest: bool
    rss_bytes: int
    fds: int
    tasks: int
    connections: int
    pending_bytes: int
    received: int
    published: int
    given_up: int


class Gateways:
    """Gateway processes, each on a port of its own, so that generators can move between them."""

    def __init__(self, processes: Sequence[SatarkProcess], ports: Sequence[int]) -> None:
        self.processes = processes
        self.ports = ports
        self._began_s = time.monotonic()

    @property
    def collectors(self) -> tuple[str, ...]:
        """Their addresses."""
        return tuple(f"127.0.0.1:{port}" for port in self.ports)

    async def sample(self, *, rest: bool = False) -> Sample:
        """Look at them all."""
        lines: list[str] = []
        for each in self.processes:
            answer = await http_get(f"{await each.ops_url()}/metrics")
            assert answer is not None, each.output_tail()
            lines += answer.body.decode().splitlines()
        pids = [each.pid for each in self.processes]
        return Sample(
            at_s=time.monotonic() - self._began_s,
            rest=rest,
            rss_bytes=sum(rss_bytes(pid) for pid in pids),
            fds=sum(open_files(pid) for pid in pids),
            tasks=total(lines, "satark_gateway_tasks"),
            connections=total(lines, "satark_gateway_connections"),
            pending_bytes=total(lines, "satark_gateway_pending_bytes"),
            received=total(lines, "satark_gateway_messages_received_total"),
            published=total(lines, "satark_gateway_messages_published_total"),
            given_up=total(lines, "satark_gateway_messages_dropped_total")
            + total(lines, "satark_gateway_messages_dead_lettered_total"),
        )

    async def at_rest(self, connections: int) -> Sample:
        """Wait until only so many are connected, nothing waits for Kafka, and two looks see the same.

        If that does not come about, what is there then is returned: `growth` says what is wrong with it.
        """
        seen: list[Sample] = []

        async def settled() -> bool:
            seen[:] = [*seen[-1:], await self.sample(rest=True)]
            first, last = seen[0], seen[-1]
            same = (first.fds, first.tasks, first.received) == (last.fds, last.tasks, last.received)
            return len(seen) > 1 and same and last.connections == connections and not last.pending_bytes

        with suppress(NeverHappenedError):
            await eventually(settled, REST_S, pause_s=LOOK_S)
        return seen[-1]


def rss_bytes(pid: int) -> int:
    """The resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


def open_files(pid: int) -> int:
    """How many file descriptors a process has."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def total(lines: Sequence[str], name: str) -> int:
    """The sum of a metric over its labels."""
    wanted = (f"{name} ", f"{name}{{")
    return sum(int(float(line.rpartition(" ")[2])) for line in lines if line.startswith(wanted))


@asynccontextmanager
async def gateways(kafka: KafkaSettings, satark: SatarkProcesses, count: int = 2) -> AsyncIterator[Gateways]:
    """Start gateways that soon end what says nothing useful."""
    ports = [free_port() for _ in range(count)]
    environment = {
        "SATARK_KAFKA_BROKERS": kafka.brokers,
        "SATARK_GATEWAY_INTROSPECT_LISTEN": "none",
        "SATARK_GATEWAY_HELLO_TIMEOUT_S": "5",
        "SATARK_GATEWAY_FRAME_TIMEOUT_S": "5",
        "SATARK_GATEWAY_STATUS_INTERVAL_S": "600",
        "SATARK_LOG_LEVEL": "error",
    }
    processes = [
        satark.start("gateway", environment={**environment, "SATARK_GATEWAY_LISTEN": f"127.0.0.1:{port}"})
        for port in ports
    ]
    for each in processes:
        await each.ready()
    yield Gateways(processes, ports)


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """How much is asked of the gateways: of `generators` a quarter stays; `rate`: messages a second of each of them.

    The scenarios' time goes `speed` times as fast as real.
    """

    rounds: int
    round_s: float
    generators: int
    rate: float
    speed: float
    look_s: float = 5.0

    @property
    def stay(self) -> int:
        """How many generators stay from the first round to the last."""
        return max(1, self.generators // 4)

    @property
    def residents(self) -> Scenario:
        """Generators that stay, with objects that come and go."""
        return self._of("churn", self.stay, (Kind.CONFIG, Kind.NODE))

    @property
    def storm(self) -> Scenario:
        """Generators that connect, restart, lose their sessions, move, and leave when the round is over."""
        return self._of("storm", max(1, self.generators - self.stay), (Kind.VROUTER, Kind.CONTROL))

    def _of(self, name: str, count: int, mix: tuple[Kind, ...]) -> Scenario:
        """Of other kinds each, so that no two have the same name."""
        load_per_s = self.rate / self.speed
        return replace(SCENARIOS[name], generators=count, objects=2, mix=mix, load_per_s=load_per_s)

    async def run(self, gateways: Gateways, tell: Callable[[Sample], None]) -> None:
        """Do all rounds; `tell` is given what is seen in each, and then at rest."""
        wiring = Wiring(gateways.collectors, timers=QUICK, statistics_s=600.0)
        own = len(gateways.ports)
        async with Estate(self.residents, seed=1, wiring=wiring) as residents:
            tick = 0
            for number in range(self.rounds):
                async with Estate(self.storm, seed=2, wiring=wiring) as storm:
                    storm.tick = tick
                    await self._round(gateways, (residents, storm), number, tell)
                    tick = storm.tick
                tell(await gateways.at_rest(self.stay + own))

    async def _round(
        self, gateways: Gateways, estates: Sequence[Estate], number: int, tell: Callable[[Sample], None]
    ) -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(self.round_s, stop.set)
        async with asyncio.TaskGroup() as works:
            for estate in estates:
                works.create_task(estate.run(stop, speed=self.speed))
            works.create_task(bad_peers(gateways.ports, stop, number * int(self.round_s / ATTACK_S)))
            while not await pause(stop, self.look_s):
                tell(await gateways.sample())
        for estate in estates:
            await estate.settle(REST_S)


async def bad_peers(ports: Sequence[int], stop: asyncio.Event, first: int) -> None:
    """One bad peer after the other, at one gateway after the other, until `stop`."""
    names = list(ATTACKS)
    at = first
    for port in cycle(ports):
        if stop.is_set():
            return
        await attack(ATTACKS[names[at % len(names)]], Target("127.0.0.1", port), ATTACK_S)
        at += 1


def growth(samples: Sequence[Sample], *, warm: int, rss_share: float) -> list[str]:
    """What grew, a line for each: memory by more than the share, anything else at all.

    Of the moments at rest those after the first `warm` rounds count; the last one is held against the first.
    """
    rests = [each for each in samples if each.rest][warm - 1 :]
    first, last = rests[0], rests[-1]
    counts = (
        ("connections", first.connections, last.connections, 0),
        ("file descriptors", first.fds, last.fds, SPARE),
        ("tasks", first.tasks, last.tasks, SPARE),
        ("pending bytes", 0, last.pending_bytes, 0),
    )
    found = [f"{name}: {was} at rest became {now}" for name, was, now, spare in counts if now > was + spare]
    if last.rss_bytes > first.rss_bytes * (1 + rss_share):
        found.append(f"memory: {first.rss_bytes / MIB:.1f} MiB at rest became {last.rss_bytes / MIB:.1f} MiB")
    return found
