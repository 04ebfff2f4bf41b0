"""One simulated daemon with its real generator: a thin shell that does what `behaviour` says."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from satark.sandesh.generator import Generator
from satark.sandesh.generator.counters import sum_of
from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.states import Timers
from satark.sandesh.types import Message
from satark.simulators.generators.actions import (
    Action,
    Connect,
    Disconnect,
    Keep,
    Load,
    Restart,
    Tell,
    TellTraces,
)
from satark.simulators.generators.behaviour import NOTHING, begins, load_message, steps
from satark.simulators.generators.events import TRACE_BUFFER
from satark.simulators.generators.kinds import identity
from satark.simulators.generators.messages import (
    config,
    control,
    machines,
    networks,
    nodes,
    processors,
    sessions,
    vrouter,
)
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.pauses import pause
from satark.simulators.generators.scenario import Scenario
from satark.simulators.generators.shares import State
from satark.simulators.generators.states import state_at

TRACES = 64
BURSTS_A_S = 20
"""Load is sent in so many bursts a second, at most one message each."""
PROCESSES = 100_003
"""The process id of each life of a daemon is so much higher."""
MODULES = (config, control, machines, networks, nodes, processors, sessions, vrouter)
UVES: Sequence[type[Message]] = tuple(
    each for module in MODULES for each in (*module.registry.UVES.values(), *module.registry.ALARMS.values())
)


@dataclass(slots=True)
class Books:
    """What one daemon, or all, have sent and lost; `kept` were not sent but are in the cache of a generator."""

    sent: int = 0
    sent_bytes: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Books") -> None:
        """Count those of another one too."""
        self.sent += other.sent
        self.sent_bytes += other.sent_bytes
        self.kept += other.kept
        self.dropped += other.dropped


@dataclass(frozen=True, slots=True)
class Wiring:
    """How daemons reach their collectors; `statistics_s`: how often each tells its own message counts."""

    collectors: tuple[str, ...]
    tls: ssl.SSLContext | None = None
    timers: Timers | None = None
    statistics_s: float = 30.0


class Actor:
    """A daemon, of an index. Nothing happens before `start`."""

    def __init__(self, scenario: Scenario, index: int, *, seed: int, wiring: Wiring) -> None:
        self.scenario = scenario
        self.moment = Moment(scenario, scenario.kind_of(index), index, 0, seed)
        self.identity = identity(self.moment.kind, index)
        self.state: State = NOTHING
        self.restarts = 0
        self._wiring = wiring
        self._former = Books()
        self._target = ""
        self._generator = self._made(0)

    @property
    def is_established(self) -> bool:
        """Return whether a collector has taken the daemon."""
        return self._generator.is_established

    @property
    def is_cut_off(self) -> bool:
        """Return whether it has no session by intention."""
        return not self._target

    @property
    def collector(self) -> str:
        """Return the address of the collector that it has a session with, empty for none."""
        return (self._generator.session.collector or "") if self.is_established else ""

    @property
    def books(self) -> Books:
        """Return what was sent and lost, by all its processes."""
        books = Books()
        books.add(self._former)
        books.add(_books(self._generator))
        return books

    async def start(self) -> None:
        """Begin the first process, which does not connect before its first tick."""
        await self._generator.__aenter__()

    async def close(self) -> None:
        """End the present process."""
        await self._generator.close()

    async def act(self, tick: int, *, interval_s: float = 0.0, stop: asyncio.Event | None = None) -> None:
        """Do all of a tick; its load is spread over the interval, in real seconds, until `stop`."""
        moment = Moment(self.scenario, self.moment.kind, self.moment.index, tick, self.moment.seed)
        before = NOTHING if begins(moment) else self.state
        after = state_at(moment)
        self.moment, self.state = moment, after
        for action in steps(moment, before, after):
            if isinstance(action, Load):
                await self._load(action, interval_s, stop or asyncio.Event())
            else:
                await self._do(action)

    async def settle(self, timeout_s: float) -> bool:
        """Wait until all that was told is written to a collector; whether it was, in time. At once if cut off."""
        return self.is_cut_off or await self._generator.flush(timeout_s)

    async def _do(self, action: Action) -> None:
        match action:
            case Tell():
                self._tell(action)
            case Keep():
                self._generator.trace(action.buffer, action.message)
            case TellTraces():
                self._generator.send_trace_buffer(action.buffer)
            case Restart():
                await self._restart(action.life)
            case Disconnect():
                self._target = ""
                self._generator.reconfigure(())
            case Connect():
                self._connect(action.collector)

    def _tell(self, action: Tell) -> None:
        self._generator.send(action.message, level=action.level, category=action.category)

    async def _load(self, load: Load, interval_s: float, stop: asyncio.Event) -> None:
        bursts = max(1, min(load.count, int(interval_s * BURSTS_A_S)))
        loop = asyncio.get_running_loop()
        begin_s = loop.time()
        for burst in range(bursts):
            for number in range(load.count * burst // bursts, load.count * (burst + 1) // bursts):
                self._tell(load_message(self.scenario, load.first + number, self.state))
            if await pause(stop, begin_s + interval_s * (burst + 1) / (bursts + 1) - loop.time()):
                return

    def _connect(self, number: int) -> None:
        """Go to a collector, then know the others too, so that there is one to turn to if it dies."""
        addresses = self._wiring.collectors
        at = number % len(addresses)
        if addresses[at] == self._target:
            return
        self._target = addresses[at]
        self._generator.reconfigure((self._target,))
        if len(addresses) > 1:
            self._generator.reconfigure((*addresses[at:], *addresses[:at]))

    async def _restart(self, life: int) -> None:
        old = self._generator
        await old.close(flush_s=0)
        self._former.add(_books(old))
        self.restarts += 1
        self._target = ""
        self._generator = self._made(life)
        await self._generator.__aenter__()

    def _made(self, life: int) -> Generator:
        who = self.identity
        generator = Generator(
            who.module,
            who.source,
            who.node_type,
            who.instance_id,
            tls=self._wiring.tls,
            messages=UVES,
            timers=self._wiring.timers,
            statistics_s=self._wiring.statistics_s,
            pid=1 + self.moment.index + life * PROCESSES,
        )
        generator.traces.create(TRACE_BUFFER, TRACES)
        return generator


def _books(generator: Generator) -> Books:
    total = sum_of(generator.outbox.counters.sent)
    dropped = {cause: count for cause, count in total.dropped.items() if cause is not TxCause.WRONG_STATE}
    return Books(
        sent=total.messages,
        sent_bytes=total.bytes,
        kept=total.dropped[TxCause.WRONG_STATE],
        dropped=Counter({str(cause.value): count for cause, count in dropped.items()}),
    )
