"""Many simulated daemons in one process, and what collectors must hold of them."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self, TypeAlias

from satark.sandesh.wire.control import Identity
from satark.sandesh.wire.tree import Plain
from satark.simulators.generators.actor import Actor, Books, Wiring
from satark.simulators.generators.pauses import pause
from satark.simulators.generators.scenario import Anomaly, Fault, Scenario
from satark.simulators.generators.shares import ShareName, attributes_of

AT_ONCE = 200
"""So many daemons begin or end at the same time; a listening socket holds few more that wait."""

Truth: TypeAlias = Mapping[Identity, Mapping[ShareName, Mapping[str, Plain]]]
"""The attributes of every share of every generator."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How an estate is doing; `late_s`: how much later than it should be the newest tick of a daemon began."""

    tick: int
    daemons: int
    sessions: int
    cut_off: int
    restarts: int
    books: Books
    late_s: float = 0.0


class Estate:
    """The daemons of a scenario, one of each index.

        async with Estate(scenario, seed=1, wiring=Wiring(collectors=("127.0.0.1:8086",))) as estate: ...

    `play` does ticks as fast as it can, one after the other; `run` does them in time, all daemons on their own.
    """

    def __init__(self, scenario: Scenario, *, seed: int, wiring: Wiring) -> None:
        self.scenario = scenario
        self.tick = 0
        self._late_s = 0.0
        self.actors: Sequence[Actor] = [
            Actor(scenario, index, seed=seed, wiring=wiring) for index in range(scenario.generators)
        ]

    async def __aenter__(self) -> Self:
        await _in_turn(actor.start() for actor in self.actors)
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        await _in_turn(actor.close() for actor in self.actors)

    @property
    def progress(self) -> Progress:
        """Return how it is doing."""
        books = Books()
        for actor in self.actors:
            books.add(actor.books)
        return Progress(
            tick=max((actor.moment.tick for actor in self.actors), default=0),
            daemons=len(self.actors),
            sessions=sum(actor.is_established for actor in self.actors),
            cut_off=sum(actor.is_cut_off for actor in self.actors),
            restarts=sum(actor.restarts for actor in self.actors),
            books=books,
            late_s=self._late_s,
        )

    async def play(self, ticks: int) -> None:
        """Do the next so many ticks, as fast as it goes, all daemons in step."""
        for tick in range(self.tick, self.tick + ticks):
            for actor in self.actors:
                await actor.act(tick)
                await asyncio.sleep(0)
        self.tick += ticks

    async def run(self, stop: asyncio.Event, *, speed: float = 1.0) -> None:
        """Do one tick after the other, so many times faster than real, until `stop`; then `truth` still holds."""
        interval_s = self.scenario.tick_s / speed
        first = self.tick
        async with asyncio.TaskGroup() as lives:
            for actor in self.actors:
                lives.create_task(self._live(actor, first, interval_s, stop))

    async def settle(self, timeout_s: float) -> bool:
        """Wait until all daemons have written all that they told; whether they had, in time."""
        return all(await asyncio.gather(*(actor.settle(timeout_s) for actor in self.actors)))

    def truth(self, collector: str | None = None) -> Truth:
        """Return what all collectors together must hold once everything told has reached them.

        With the address of a `collector`, what that one must hold. Without the UVEs that the generator library
        tells of itself. A daemon that was cut off on purpose is left out: nothing of it may be held.
        """
        return {
            actor.identity: {name: attributes_of(message) for name, message in actor.state.items()}
            for actor in self.actors
            if not actor.is_cut_off and collector in {None, actor.collector}
        }

    def trigger(self, fault: Fault, index: int, duration_s: float) -> Anomaly:
        """Let something go wrong at the next tick of a daemon, for so many virtual seconds; return it.

        Raises `ValueError` for a daemon of another kind.
        """
        if not 0 <= index < len(self.actors) or self.scenario.kind_of(index) is not fault.kind:
            raise ValueError(f"{fault.value} happens to a {fault.kind.value.module}, which number {index} is not")
        anomaly = Anomaly(fault, index, self.scenario.time_s(self.progress.tick), duration_s)
        self.scenario = replace(self.scenario, anomalies=(*self.scenario.anomalies, anomaly))
        for actor in self.actors:
            actor.scenario = self.scenario
        return anomaly

    async def _live(self, actor: Actor, first: int, interval_s: float, stop: asyncio.Event) -> None:
        """The daemons begin one after the other, evenly over a tick, and keep that distance."""
        loop = asyncio.get_running_loop()
        begin_s = loop.time() + interval_s * actor.moment.index / len(self.actors)
        tick = first
        while not await pause(stop, begin_s + (tick - first) * interval_s - loop.time()):
            self._late_s = max(0.0, loop.time() - begin_s - (tick - first) * interval_s)
            await actor.act(tick, interval_s=interval_s, stop=stop)
            tick += 1
            self.tick = max(self.tick, tick)


async def _in_turn(works: Iterator[Coroutine[Any, Any, None]]) -> None:
    """Do some at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(work: Coroutine[Any, Any, None]) -> None:
        async with room:
            await work

    await asyncio.gather(*(one(each) for each in works))
