"""The engine over many entities: samples in, incident events out. This is the detector, without Kafka.

Theory of operation. Samples are taken in turns, in which no entity has more than one. In a turn, all links that the
vectorised method judges take one step together (`bank`); the few of which there is something to say, and all metrics that
are judged otherwise, are looked at one by one (`entity`). So a quiet link costs its share of an array operation.

The outcome does not depend on how samples are batched, as long as those of one entity keep their order.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import nan
from operator import attrgetter

import numpy as np
from msgspec.structs import replace

from satark.detector.detection import closing, memory
from satark.detector.detection import entity as entities
from satark.detector.detection.bank import Bank
from satark.detector.detection.course import Course, Courses, Rules
from satark.detector.detection.entity import Findings
from satark.detector.detection.findings import Alarm, findings, window_of
from satark.detector.detection.gaps import Gaps
from satark.detector.detection.memory import UnreadableStateError
from satark.detector.detection.normals import Normal, normals
from satark.detector.detection.passing import Banked, Passing, batch_of, late, passing, turns
from satark.detector.detection.series import SeriesBank, Value
from satark.detector.detection.subject import Subject, parts
from satark.detector.incidents.state import EntityState, MetricState
from satark.detector.robust import DEFAULT, Cause, UnreadableRobustStateError, Verdicts
from satark.detector.rules.model import MetricPlan
from satark.detector.seed.judgement import Judgement, Verdict
from satark.schemas.closings import IncidentClosed
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import MetricSample

MAX_AHEAD_S = 3600
DEFAULT_PLAN = MetricPlan()

_time = attrgetter("time")


class FutureSampleError(ValueError):
    """A sample claims a time that has not come: believing it would make all true ones late."""

    reason = "future"


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome of a batch: events to publish in order, what became of each value, and whose state changed."""

    events: tuple[IncidentEvent, ...]
    verdicts: Counter[Verdict]
    dirty: frozenset[str]


@dataclass(slots=True)
class _Mixed:
    """Of a turn, what the bank does not judge: samples to be looked at one by one, and values of no known kind."""

    single: list[tuple[Subject, Course, MetricSample, int]] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)


@dataclass(slots=True)
class _Outcome:
    events: list[IncidentEvent] = field(default_factory=list)
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    dirty: set[str] = field(default_factory=set)


class Detection:
    """Detection of incidents by the rules of a rulebook. Pure and synchronous; not shared between threads."""

    def __init__(self, rulebook: Rules, *, max_ahead_s: int = MAX_AHEAD_S) -> None:
        self._rulebook = rulebook
        self._max_ahead_s = max_ahead_s
        self._known: dict[str, Subject] = {}
        self._courses = Courses()
        self._bank = Bank()
        self._series = SeriesBank()
        self._gaps = Gaps(self._bank)

    @property
    def rulebook(self) -> Rules:
        """The rules in force."""
        return self._rulebook

    @rulebook.setter
    def rulebook(self, rulebook: Rules) -> None:
        self._rulebook = rulebook
        self._courses = Courses()
        for known in self._known.values():
            known.course = None

    def __contains__(self, entity: str) -> bool:
        """Return whether an entity is in memory."""
        return entity in self._known

    def __len__(self) -> int:
        """Return how many entities are in memory."""
        return len(self._known)

    def known(self) -> tuple[str, ...]:
        """Return the entities in memory."""
        return tuple(self._known)

    def judge(self, samples: Sequence[MetricSample], now: datetime) -> Judged:
        """Judge samples of any entities, those of one entity in the order given.

        Raises FutureSampleError, before anything is judged, if one lies further ahead of `now` than allowed.
        """
        if samples:
            self.check(max(samples, key=_time), now)
        outcome = _Outcome()
        for turn in turns(samples):
            self._turn(turn, outcome)
        return Judged(tuple(outcome.events), outcome.verdicts, frozenset(outcome.dirty))

    def check(self, sample: MetricSample, now: datetime) -> None:
        """Raise FutureSampleError if a sample lies further ahead of `now` than allowed."""
        if (sample.time - now).total_seconds() > self._max_ahead_s:
            raise FutureSampleError(f"sample of {sample.time.isoformat()} came at {now.isoformat()}")

    def accept(self, entity: str, acceptance: str) -> bool:
        """Make an entity's present its normal from its next sample on, because a person says so; their word has an id.

        Return False if nothing changed: the word was taken already, or nothing is known that could be accepted.
        """
        known = self._known.get(entity)
        if known is None or known.state.acceptance == acceptance:
            return False
        known.state = replace(known.state, accepted=True, acceptance=acceptance)
        return True

    def close(self, closed: IncidentClosed) -> IncidentEvent | None:
        """End an entity's incident, because a person says so; return its last event.

        None if nothing changed: it is over already, another is open, or nothing is known of the entity.
        """
        known = self._known.get(closed.entity)
        if known is None or known.state.incident is None or not closing.is_about(closed, known.state.incident):
            return None
        state = replace(known.state, newest=known.newest)
        course, recent = self._course(closing.sample_of(closed, state)), {}
        if known.column >= 0:
            kept = self._bank.recent(known.column)
            rows = {name: course.rows[name] for name in known.state.incident.symptoms if name in course.rows}
            recent = {name: MetricState(window=window_of(kept, row, None)) for name, row in rows.items()}
            self._bank.close(known.column)
        self._series.close(list(known.series.values()))
        known.state, event = closing.close(state, closed, course, recent)
        return event

    def load(self, stored: Iterable[tuple[str, bytes]]) -> dict[str, UnreadableStateError]:
        """Take in stored states; return the entities whose state cannot be read, which begin anew."""
        lost: dict[str, UnreadableStateError] = {}
        states: dict[str, EntityState] = {}
        for entity, raw in stored:
            self.forget([entity])
            try:
                states[entity] = memory.load(raw)
            except UnreadableStateError as error:
                lost[entity] = error
        return lost | self._restore(states)

    def _restore(self, states: dict[str, EntityState]) -> dict[str, UnreadableStateError]:
        """Take in states, all of them at once unless one of them cannot be read."""
        every = [part for state in states.values() for part in parts(state)]
        columns: list[int] = []
        try:
            columns = self._bank.add([part.bank for part in every if part.bank is not None])
            series = self._series.add([raw for part in every for raw in part.series.values()])
        except UnreadableRobustStateError as error:
            self._bank.remove(columns)
            if len(states) == 1:
                return dict.fromkeys(states, UnreadableStateError(str(error)))
            alone = (self._restore({entity: state}) for entity, state in states.items())
            return {entity: error for lost in alone for entity, error in lost.items()}
        left, left_of_series = iter(columns), iter(series)
        for entity, state in states.items():
            self._known[entity] = self._subject(state, left, left_of_series)
        return {}

    def _subject(self, state: EntityState, columns: Iterator[int], series: Iterator[int]) -> Subject:
        column = -1 if state.bank is None else next(columns)
        heard = state.newest if column < 0 else self._bank.newest(column)
        own_series = {name: next(series) for name in state.series}
        past = None if state.past is None else self._subject(state.past, columns, series)
        own = replace(state, bank=None, past=None, until=0, series={})
        return Subject(own, state.newest, heard, {}, column=column, past=past, until=state.until, series=own_series)

    def dump(self, entity_names: Iterable[str]) -> dict[str, bytes]:
        """Return the states of entities as bytes."""
        known = {name: self._known[name] for name in entity_names}
        columns = [column for one in known.values() for column in one.columns()]
        banks = dict(zip(columns, self._bank.dump(columns), strict=True))
        series = self._series.dump([column for one in known.values() for column in one.series.values()])
        return {name: memory.dump(one.kept(banks, series)) for name, one in known.items()}

    def forget(self, entity_names: Iterable[str]) -> None:
        """Drop entities from memory: their state is to be loaded again, or belongs to another process."""
        for name in entity_names:
            known = self._known.pop(name, None)
            if known is not None:
                self._bank.remove(known.columns())
                self._series.remove(list(known.series.values()))

    def normals(self, entity_names: Iterable[str]) -> dict[str, Normal]:
        """Return what is normal for entities, of those that are in memory and watched since their rules were read."""
        return normals({n: self._known[n] for n in entity_names if n in self._known}, self._bank, self._series)

    def _turn(self, turn: Sequence[MetricSample], outcome: _Outcome) -> None:
        mixed, banked, time, start = _Mixed(), Banked(), None, 0
        for sample in turn:
            if sample.time != time:
                time = sample.time
                start = int(time.timestamp())
            known = self._known.get(sample.entity)
            if known is not None and banked.take_quiet(known, sample, start):
                outcome.dirty.add(sample.entity)
            else:
                self._take(sample, start, banked, mixed, outcome)
        novel = self._series.judge(mixed.values)
        self._teach([one for each in mixed.single for one in late(*each)])
        for subject, course, sample, start in mixed.single:
            found = Findings(novel.get(sample.entity, {}))
            self._conclude(subject, course, sample, start, found, outcome)
        if banked.samples:
            banked.settle(self._bank)
            self._step(banked, novel, outcome)
            outcome.events += self._gaps.fill(list(banked.others.values()), self._known)

    def _take(self, sample: MetricSample, start: int, banked: Banked, mixed: "_Mixed", outcome: _Outcome) -> None:
        """Take a sample that is not quiet, or not known to be."""
        course, known = self._course(sample), self._known.get(sample.entity)
        if _is_idle(known, course, sample):
            outcome.verdicts[Verdict.UNWATCHED] += len(sample.metrics)
            return
        if known is None:
            known = self._known[sample.entity] = Subject.begun(start, sample.labels)
            known.until = start if course.rows else 0
        known.course, known.labels = course, sample.labels
        if sample.time in course.plan.calendar and not course.rows:
            outcome.verdicts[Verdict.MAINTENANCE] += len(sample.metrics)
            return
        outcome.dirty.add(sample.entity)
        if start > known.newest and not sample.metrics.keys() <= course.rows.keys():
            mixed.values += self._values(known, course, sample, start)
        subject = self._gaps.subject_at(known, course, sample, start)
        passed = passing(subject, course, sample, start)
        if passed is None:
            mixed.single.append((subject, course, sample, start))
            return
        banked.take(passed)

    def _teach(self, missed: Sequence[Passing]) -> None:
        if missed:
            self._bank.learn_late(batch_of(missed))

    def _course(self, sample: MetricSample) -> Course:
        known = self._known.get(sample.entity)
        if known is not None and known.course is not None and known.labels == sample.labels:
            return known.course
        return self._courses.of(self._rulebook.plan(sample.kind, sample.labels))

    def _values(self, known: Subject, course: Course, sample: MetricSample, start: int) -> Iterable[Value]:
        """Yield the values of a sample's metrics of no known kind."""
        incident = known.state.incident
        for name, value in sample.metrics.items():
            if not course.is_series(name):
                continue
            if name not in known.series or known.state.accepted:
                self._series.remove([known.series.pop(name)] if name in known.series else [])
                known.series[name] = self._series.add([None])[0]
            material = (course.metric(name) or DEFAULT_PLAN).material
            yield Value(
                entity=sample.entity,
                metric=name,
                column=known.series[name],
                start=start,
                interval_s=sample.interval_s,
                value=value,
                known=known.state.metrics.get(name, MetricState()),
                is_symptom=incident is not None and name in incident.symptoms,
                maintenance=sample.time in course.plan.calendar,
                material=nan if material is None else material,
            )

    def _step(self, banked: Banked, novel: dict[str, dict[str, Judgement]], outcome: _Outcome) -> None:
        batch, above = banked.batch(self._courses)
        for one in banked.others.values():
            if one.entity.state.accepted:
                self._bank.accept(one.entity.column)
        young = self._bank.seen(batch.columns) < DEFAULT.warmup
        verdicts = self._bank.step(batch)
        told = verdicts.active | verdicts.page | verdicts.worse
        told[[place for place, one in banked.others.items() if one.entity.state.incident is not None]] = True
        found = self._findings(banked, np.flatnonzero(told).tolist(), verdicts)
        told |= above
        told[[place for place, one in banked.others.items() if one.suspicious]] = True
        told &= ~batch.maintenance
        for place in np.flatnonzero(told).tolist():
            one = banked[place]
            said = found.get(place, entities.NOTHING)
            if more := novel.get(one.sample.entity):
                said = Findings({**said.judgements, **more}, said.worse, said.recent, said.recorded)
            self._conclude(one.entity, one.course, one.sample, one.start, said, outcome)
        quiet = ~told & ~batch.maintenance
        for verdict, which in (
            (Verdict.MAINTENANCE, batch.maintenance),
            (Verdict.LEARNING, young & quiet),
            (Verdict.NORMAL, ~young & quiet),
        ):
            if count := banked.values_of(which):
                outcome.verdicts[verdict] += count
        for known, start in zip(banked.entities, banked.starts, strict=True):
            known.heard = start
            known.newest = max(known.newest, start)

    def _findings(self, banked: Banked, asked: list[int], verdicts: Verdicts) -> dict[int, Findings]:
        if not asked:
            return {}
        evidence = self._bank.explain(verdicts, asked)
        found = {}
        for place, index in enumerate(asked):
            one = banked[index]
            alarm = Alarm(
                place=place,
                active=bool(verdicts.active[index]),
                page=bool(verdicts.page[index]),
                worse=bool(verdicts.worse[index]),
                cause=Cause(int(verdicts.cause[index])),
            )
            values = {name: one.sample.metrics[name] for name in one.course.rows if name in one.sample.metrics}
            found[index] = findings(
                alarm,
                values,
                evidence,
                self._bank.recent(one.entity.column),
                known=one.entity.state.metrics,
                course=one.course,
                symptoms=() if one.entity.state.incident is None else one.entity.state.incident.symptoms,
            )
        return found

    def _conclude(
        self, known: Subject, course: Course, sample: MetricSample, start: int, found: Findings, outcome: _Outcome
    ) -> None:
        state = known.state if known.state.newest == known.newest else replace(known.state, newest=known.newest)
        step = entities.step(state, sample, start, course, found)
        if state.incident is not None and step.state.incident is None:
            known.over = state.incident.opened_at
        known.state, known.newest = step.state, step.state.newest
        outcome.verdicts.update(step.verdicts)
        if step.event is not None:
            outcome.events.append(step.event)


def _is_idle(known: Subject | None, course: Course, sample: MetricSample) -> bool:
    """Return whether nothing becomes of a sample, so that nothing need be remembered: statistics have new keys every second."""
    if known is None:
        return not course.watches(sample.metrics)
    return not course.plan.metrics and known.state.incident is None
