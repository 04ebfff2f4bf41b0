"""The engine: one sample in, the entity's next state and the incident events out. This is the detector.

`Engine` is the protocol that a detection method fulfils; the shell and the replay know nothing else. A state is
opaque to them: they keep its bytes and hand them back.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Generic, Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from satark.detector import judgement, lifecycle
from satark.detector.baseline import floor_of
from satark.detector.judgement import Judgement, Verdict
from satark.detector.settings import DetectorSettings
from satark.detector.state import READABLE_VERSIONS, STATE_VERSION, EntityState, MetricState
from satark.detector.window import contains
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import MetricSample

State = TypeVar("State")


class FutureSampleError(ValueError):
    """A sample claims a time that has not come: believing it would make all true ones late."""

    reason = "future"


class UnreadableStateError(ValueError):
    """Stored state is not of this version."""

    reason = "unreadable_state"


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """The outcome of one sample: the next state, the events to publish in order, and what became of each metric."""

    state: State
    events: tuple[IncidentEvent, ...] = ()
    verdicts: Counter[Verdict] = field(default_factory=Counter)


class Engine(Protocol[State]):
    """A detection method. `step` is a pure function of its arguments."""

    name: str

    def step(self, state: State | None, sample: MetricSample, now: datetime) -> Step[State]:
        """Judge a sample of one entity, given the state of that entity (None: never seen)."""
        ...

    def load(self, raw: bytes) -> State:
        """Return a stored state. Raises UnreadableStateError."""
        ...

    def dump(self, state: State) -> bytes:
        """Return a state as bytes."""
        ...


class SeedEngine:
    """Mean plus a factor of standard deviations of the recent past, per metric and direction: what the seed meant."""

    name = "seed"

    def __init__(self, rules: DetectorSettings) -> None:
        self._rules = rules
        self._floor = lru_cache(maxsize=4096)(partial(floor_of, floors=rules.spread_floors))
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(EntityState)

    def load(self, raw: bytes) -> EntityState:
        """Return a stored state.

        Raises UnreadableStateError when it is damaged or of an unknown version.
        """
        try:
            state = self._decoder.decode(raw)
        except msgspec.DecodeError as error:
            raise UnreadableStateError(f"stored state is unreadable: {error}") from error
        if state.version not in READABLE_VERSIONS:
            raise UnreadableStateError(f"stored state has version {state.version}, not {STATE_VERSION}")
        return state if state.version == STATE_VERSION else replace(state, version=STATE_VERSION)

    def dump(self, state: EntityState) -> bytes:
        """Return a state as MessagePack."""
        return self._encoder.encode(state)

    def step(self, state: EntityState | None, sample: MetricSample, now: datetime) -> Step[EntityState]:
        """Judge a sample.

        A double changes nothing, a late sample is remembered but not judged; the first sample of an interval wins.
        Raises FutureSampleError for one that lies further ahead of `now` than `max_ahead_s`.
        """
        start = int(sample.time.timestamp())
        if (sample.time - now).total_seconds() > self._rules.max_ahead_s:
            raise FutureSampleError(f"sample of {sample.time.isoformat()} came at {now.isoformat()}")
        if state is None:
            state = EntityState(STATE_VERSION, start - 1, {})
        if start <= state.newest:
            return self._late(state, sample, start)
        return self._judge(state, sample, start)

    def _judge(self, state: EntityState, sample: MetricSample, start: int) -> Step[EntityState]:
        verdicts: Counter[Verdict] = Counter()
        judgements: dict[str, Judgement] = {}
        for name, value in sample.metrics.items():
            floor = self._floor(name)
            if floor is None:
                verdicts[Verdict.UNWATCHED] += 1
                continue
            known = state.metrics.get(name, MetricState())
            judgements[name] = judgement.judge(known, start, value, floor=floor, rules=self._rules)
            verdicts[judgements[name].verdict] += 1
        metrics = state.metrics | {name: judged.state for name, judged in judgements.items()}
        scene = lifecycle.Scene(sample, start, self._rules, self.name)
        incident, event = lifecycle.advance(state.incident, judgements, metrics, scene)
        following = EntityState(STATE_VERSION, start, metrics, incident)
        return Step(following, () if event is None else (event,), verdicts)

    def _late(self, state: EntityState, sample: MetricSample, start: int) -> Step[EntityState]:
        watched = {n: v for n, v in sample.metrics.items() if self._floor(n) is not None}
        if start < state.newest - self._rules.keep_s:
            return Step(state, verdicts=Counter({Verdict.TOO_LATE: len(watched)}))
        verdicts: Counter[Verdict] = Counter()
        metrics = dict(state.metrics)
        for name, value in watched.items():
            known = metrics.get(name, MetricState())
            double = contains(known.window, start)
            verdicts[Verdict.DUPLICATE if double else Verdict.LATE] += 1
            if not double:
                metrics[name] = judgement.remember_late(known, start, value, rules=self._rules)
        return Step(EntityState(state.version, state.newest, metrics, state.incident), verdicts=verdicts)


ENGINES = {"seed": SeedEngine}


def engine_of(rules: DetectorSettings) -> SeedEngine:
    """Return the engine of the configured method."""
    return ENGINES[rules.method](rules)
