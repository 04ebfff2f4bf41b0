"""Collectors that come and go while generators send; see the one test."""

import asyncio
import ssl
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest

from satark.sandesh.generator import Collector, Delivery, Generator, client_context, server_context
from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.levels import CloseSpacing, Mark
from satark.sandesh.session.queue import SendQueue
from satark.sandesh.types import Level
from satark.sandesh.wire.control import Identity
from tests.integration.sandesh.pair import CLASSES, QUICK, log, uve
from tests.support.certificates import Authority
from tests.support.waiting import eventually
from tests.unit.sandesh.probe import ProbeRequest, ProbeSystemLog, ProbeUveTrace

T = TypeVar("T")
GENERATORS = 4
LIVES = 10
OPERATIONS = (150, 500)
"""In one life of the collector, by all generators together."""
NAMES = [f"vn{number}" for number in range(25)]
LEVELS = (Level.SYS_EMERG, Level.SYS_ERR, Level.SYS_INFO, Level.SYS_DEBUG)
SPACING = CloseSpacing(0.05, None, 0.05, 0.1)


@dataclass(slots=True)
class Life:
    """What one collector was told between its start and its end, by generator."""

    logs: dict[Identity, list[int]] = field(default_factory=lambda: defaultdict(list))
    uves: dict[Identity, dict[str, int | None]] = field(default_factory=lambda: defaultdict(dict))

    def __call__(self, delivery: Delivery) -> None:
        """Note a message; a deletion leaves nothing."""
        body: Any = delivery.received.body
        assert delivery.generator is not None
        if delivery.received.name == "ProbeSystemLog":
            self.logs[delivery.generator].append(body.number)
        elif delivery.received.name == "ProbeUveTrace" and body.data.deleted:
            self.uves[delivery.generator].pop(body.data.name, None)
        elif delivery.received.name == "ProbeUveTrace":
            self.uves[delivery.generator][body.data.name] = body.data.total


@dataclass(slots=True)
class Actor:
    """A generator, the state that it has told last, and how much it has sent."""

    generator: Generator
    random: Random
    uves: dict[str, int | None] = field(default_factory=dict)
    logs: int = 0
    refused: Counter[TxCause] = field(default_factory=Counter)

    def act(self) -> None:
        """Send something."""
        name = self.random.choice(NAMES)
        choice = self.random.random()
        if choice < 0.55:
            self.logs += 1
            message = log(self.logs, "x" * self.random.randrange(3_000))
            dropped = self.generator.send(message, level=self.random.choice(LEVELS))
            self.refused.update([dropped.cause] if dropped else [])
        elif choice < 0.93:
            self.uves[name] = self.random.randrange(1_000_000)
            self.generator.send(uve(name, self.uves[name]))
        else:
            self.uves.pop(name, None)
            self.generator.send(uve(name, deleted=True))


def actor(number: int, seed: int, address: str, tls: ssl.SSLContext | None) -> Actor:
    """One of several, each with less room in its queue than the one before."""
    scale = 4**number
    high = (Mark(256_000 // scale, Level.SYS_DEBUG), Mark(512_000 // scale, Level.SYS_ERR), Mark(10**9, Level.SYS_UVE))
    low = (Mark(2_000 // scale, Level.INVALID), Mark(128_000 // scale, Level.SYS_DEBUG))
    queue = SendQueue(high_marks=high, low_marks=low, max_bytes=2_000_000 // scale)
    one = Generator(
        "torture", f"host{number}", collectors=[address], tls=tls, queue=queue, timers=QUICK, statistics_s=3_600.0
    )
    one.declare([ProbeUveTrace, ProbeSystemLog, ProbeRequest])
    one.writer.close_spacing = SPACING
    return Actor(one, Random(f"{seed} {number}"))  # noqa: S311 - the same every time


async def live(there: Collector, actors: list[Actor], random: Random) -> None:
    """Let the generators send for a while; the collector may stop reading, and connections may break."""
    operations = random.randrange(*OPERATIONS)
    for operation in range(operations):
        random.choice(actors).act()
        if random.random() < 0.2:
            await asyncio.sleep(random.choice((0, 0, 0.002)))
        if random.random() < 0.01:
            there.pause_reading()
        if random.random() < 0.02:
            there.resume_reading()
        if operation % 97 == 96 and there.generators:
            there.drop(random.choice(there.generators))


def counts(tallies: Any) -> dict[str, tuple[int, int]]:
    """Messages and bytes by name."""
    return {name: (each.messages, each.bytes) for name, each in tallies.items() if each.messages}


def sums(actors: list[Actor]) -> dict[str, tuple[int, int]]:
    """What all generators have written, by name."""
    total: dict[str, tuple[int, int]] = {}
    for each in actors:
        for name, (messages, size) in counts(each.generator.outbox.counters.sent).items():
            before = total.get(name, (0, 0))
            total[name] = (before[0] + messages, before[1] + size)
    return total


async def settle(there: Collector, actors: list[Actor], life: Life) -> None:
    """Wait until the collector has all that there is."""
    there.resume_reading()
    wanted = {each.generator.identity: each.uves for each in actors}
    await eventually(lambda: len(there.generators) == GENERATORS, what="all generators are back")
    await eventually(lambda: {name: life.uves[name] for name in wanted} == wanted, what="every UVE is there")
    for each in actors:
        assert await each.generator.flush(10.0)


async def count(there: Collector, actors: list[Actor], random: Random) -> None:
    """While nothing breaks, both sides count the same messages and bytes of every kind."""

    def gaps() -> dict[str, tuple[int, int]]:
        received = counts(there.counters.received)
        written = sums(actors)
        return {name: (written[name][0] - came[0], written[name][1] - came[1]) for name, came in received.items()}

    written = sums(actors)
    before = await unchanged(gaps)
    for _ in range(200):
        one = random.choice(actors)
        one.act()
        assert await one.generator.flush(10.0)
    await eventually(lambda: gaps() == before, what="both sides have the same counts")
    assert all(now[0] > written[name][0] for name, now in sums(actors).items() if name.startswith("Probe"))


async def unchanged(look: Callable[[], T]) -> T:
    """What is there when nothing moves any more."""
    seen = [look()]

    def same() -> bool:
        seen.append(look())
        return len(seen) > 5 and all(each == seen[-1] for each in seen[-5:])

    await eventually(same, what="nothing is under way")
    return seen[-1]


def check_logs(actors: list[Actor], lives: list[Life]) -> None:
    """No log came twice, none out of order; every one that never came is counted, or was under way in a crash."""
    for each in actors:
        came = [number for life in lives for number in life.logs[each.generator.identity]]
        tally = each.generator.outbox.counters.sent["ProbeSystemLog"]
        assert sorted(set(came)) == came
        assert each.logs == tally.total
        assert len(came) <= tally.messages
        assert each.refused[TxCause.QUEUE_LEVEL] == tally.dropped[TxCause.QUEUE_LEVEL]


def contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The two ends of a TLS connection."""
    authority = Authority(folder)
    here, there = authority.issue("generator"), authority.issue("collector")
    client = client_context(authority.ca_file, cert_file=here.cert_file, key_file=here.key_file)
    return client, server_context(authority.ca_file, there.cert_file, there.key_file)


@pytest.mark.parametrize(("seed", "over_tls"), [(1, False), (2, False), (3, True)])
async def test_torture(tmp_path: Path, seed: int, over_tls: bool) -> None:
    """However often a collector dies: in the end every UVE is there, no log came twice, and the counts agree."""
    client, server = contexts(tmp_path) if over_tls else (None, None)
    random = Random(seed)  # noqa: S311 - the same every time
    lives = [Life() for _ in range(LIVES)]
    async with Collector(Life(), port=0, tls=server) as probe:
        port = probe.port
    async with AsyncExitStack() as stack:
        actors = [actor(number, seed, f"127.0.0.1:{port}", client) for number in range(GENERATORS)]
        for each in actors:
            await stack.enter_async_context(each.generator)
        for life in lives[:-1]:
            async with Collector(life, port=port, tls=server, classes=CLASSES) as there:
                await live(there, actors, random)
            await eventually(lambda: not any(each.generator.is_established for each in actors), what="all lost it")
            for _ in range(20):
                random.choice(actors).act()
        async with Collector(lives[-1], port=port, tls=server, classes=CLASSES) as there:
            await live(there, actors, random)
            await settle(there, actors, lives[-1])
            await count(there, actors, random)
            await settle(there, actors, lives[-1])

            check_logs(actors, lives)
            assert sum(each.refused[TxCause.QUEUE_LEVEL] for each in actors) > 0
