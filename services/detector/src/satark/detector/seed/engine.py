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

from satark.detector.incidents import lifecycle
from satark.detector.incidents.state import READABLE_VERSIONS, STATE_VERSION, EntityState, MetricState
from satark.detector.seed import judgement, late, limits
from satark.detector.seed.judgement import Judgement, Verdict
from satark.detector.seed.watches import watch_of
from satark.detector.seed.window import contains
from satark.detector.settings import DetectorSettings
from satark.schemas.incidents import IncidentEvent, IncidentResolved
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
        self._watch = lru_cache(maxsize=4096)(partial(watch_of, rules=rules))
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

        A double changes nothing: the first sample of an interval wins. A late sample is judged as of its own time.
        Raises FutureSampleError for one that lies further ahead of `now` than `max_ahead_s`.
        """
        start = int(sample.time.timestamp())
        if (sample.time - now).total_seconds() > self._rules.max_ahead_s:
            raise FutureSampleError(f"sample of {sample.time.isoformat()} came at {now.isoformat()}")
        if state is None:
            state = EntityState(STATE_VERSION, start - 1, {})
        verdicts: Counter[Verdict] = Counter()
        judgements: dict[str, Judgement] = {}
        for name, value in sample.metrics.items():
            judged = self._judge(state, name, start, value)
            verdicts[judged if isinstance(judged, Verdict) else judged.verdict] += 1
            if isinstance(judged, Judgement):
                judgements[name] = judged
        return self._conclude(state, sample, start, judgements, verdicts)

    def _judge(self, state: EntityState, name: str, start: int, value: float) -> Judgement | Verdict:
        """Return a metric's judgement, or why it is none."""
        watch = self._watch(name)
        if watch is None:
            return Verdict.UNWATCHED
        rules, known = self._rules, state.metrics.get(name, MetricState())
        if start <= state.newest:
            if start < state.newest - rules.keep_s:
                return Verdict.TOO_LATE
            if contains(known.window, start):
                return Verdict.DUPLICATE
        if start <= state.settled or (known.window and start < known.window[-1].start):
            return late.judge(known, start, value, watch=watch, told=_told(state, name), rules=rules)
        if watch.limit is not None:
            return limits.judge(known, start, value, limit=watch.limit, keep_s=rules.keep_s)
        return judgement.judge(known, start, value, floor=watch.floor, rules=rules)

    def _conclude(
        self,
        state: EntityState,
        sample: MetricSample,
        start: int,
        judgements: dict[str, Judgement],
        verdicts: Counter[Verdict],
    ) -> Step[EntityState]:
        if not judgements and start <= state.newest:
            return Step(state, verdicts=verdicts)
        metrics = state.metrics | {name: judged.state for name, judged in judgements.items()}
        scene = lifecycle.Scene(sample, start, self._rules, self.name, state.settled)
        incident, event = lifecycle.advance(state.incident, judgements, metrics, scene)
        newest = max(state.newest, start)
        settled = _settled(event, start, newest) if isinstance(event, IncidentResolved) else state.settled
        following = EntityState(STATE_VERSION, newest, metrics, incident, settled)
        return Step(following, () if event is None else (event,), verdicts)


def _told(state: EntityState, metric: str) -> late.Told:
    known, incident = state.metrics.get(metric, MetricState()), state.incident
    settled = max(state.settled, known.settled)
    if incident is None:
        return late.Told(settled)
    return late.Told(settled, incident.opened_at, incident.symptoms.get(metric), incident.told)


def _settled(event: IncidentResolved, start: int, newest: int) -> int:
    """Return up to when all is told: an end that is only history leaves open what came after it."""
    if not event.historical:
        return newest
    return max(start, int(event.ended_at.timestamp()) - event.interval_s)


ENGINES = {"seed": SeedEngine}


def engine_of(rules: DetectorSettings) -> SeedEngine:
    """Return the engine of the configured method."""
    return ENGINES[rules.method](rules)
