"""The engine over many entities: samples in, incident events out. This is the detector, without Kafka.

Theory of operation. Samples are taken in turns, in which no entity has more than one. In a turn, all links that the
vectorised method judges take one step together (`bank`); the few of which there is something to say, and all metrics that
are judged otherwise, are looked at one by one (`entity`). So a quiet link costs its share of an array operation.

The outcome does not depend on how samples are batched, as long as those of one entity keep their order.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from math import nan

import numpy as np
from msgspec.structs import replace

from satark.detector.detection import entity as entities
from satark.detector.detection import memory
from satark.detector.detection.bank import ROWS, Bank, Batch, Recent
from satark.detector.detection.course import Course, Rules, course_of
from satark.detector.detection.entity import Findings
from satark.detector.detection.findings import Alarm, findings
from satark.detector.detection.memory import UnreadableStateError
from satark.detector.detection.subject import Subject
from satark.detector.incidents.state import EntityState
from satark.detector.robust import DEFAULT, Cause, UnreadableRobustStateError, Verdicts
from satark.detector.seed.judgement import Verdict
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import MetricSample

MAX_AHEAD_S = 3600


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
class _Banked:
    """A sample on its way through the bank."""

    entity: Subject
    course: Course
    sample: MetricSample
    start: int
    values: list[float]
    suspicious: bool


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
        self._courses: dict[int, Course] = {}
        self._bank = Bank()

    @property
    def rulebook(self) -> Rules:
        """The rules in force."""
        return self._rulebook

    @rulebook.setter
    def rulebook(self, rulebook: Rules) -> None:
        self._rulebook = rulebook
        self._courses.clear()
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
        for sample in samples:
            self.check(sample, now)
        outcome = _Outcome()
        for turn in _turns(samples):
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

    def load(self, stored: Iterable[tuple[str, bytes]]) -> dict[str, UnreadableStateError]:
        """Take in stored states; return the entities whose state cannot be read, which begin anew."""
        lost: dict[str, UnreadableStateError] = {}
        for entity, raw in stored:
            self.forget([entity])
            try:
                self._known[entity] = self._subject(memory.load(raw))
            except (UnreadableStateError, UnreadableRobustStateError) as error:
                lost[entity] = UnreadableStateError(str(error))
        return lost

    def _subject(self, state: EntityState) -> Subject:
        column = -1 if state.bank is None else self._bank.add([state.bank])[0]
        heard = state.newest if column < 0 else self._bank.newest(column)
        past = None if state.past is None else self._subject(state.past)
        own = replace(state, bank=None, past=None, until=0)
        return Subject(own, state.newest, heard, {}, column=column, past=past, until=state.until)

    def dump(self, entity_names: Iterable[str]) -> dict[str, bytes]:
        """Return the states of entities as bytes."""
        known = {name: self._known[name] for name in entity_names}
        columns = [column for one in known.values() for column in one.columns()]
        banks = dict(zip(columns, self._bank.dump(columns), strict=True))
        return {name: memory.dump(one.kept(banks)) for name, one in known.items()}

    def forget(self, entity_names: Iterable[str]) -> None:
        """Drop entities from memory: their state is to be loaded again, or belongs to another process."""
        for name in entity_names:
            known = self._known.pop(name, None)
            if known is not None:
                self._bank.remove(known.columns())

    def _turn(self, turn: Sequence[MetricSample], outcome: _Outcome) -> None:
        banked: list[_Banked] = []
        for sample in turn:
            course, known = self._course(sample), self._known.get(sample.entity)
            if not course.plan.metrics and (known is None or known.state.incident is None):
                outcome.verdicts[Verdict.UNWATCHED] += len(sample.metrics)
                continue
            start = int(sample.time.timestamp())
            if known is None:
                known = self._known[sample.entity] = Subject(entities.begun(start), start - 1, start - 1, sample.labels)
                known.until = start if course.rows else 0
            known.course, known.labels = course, sample.labels
            if sample.time in course.plan.calendar and not course.rows:
                outcome.verdicts[Verdict.MAINTENANCE] += len(sample.metrics)
                continue
            outcome.dirty.add(sample.entity)
            subject = self._at(known, course, sample, start)
            passing = _banked(subject, course, sample, start)
            if passing is None:
                self._conclude(subject, course, sample, start, entities.NOTHING, outcome)
            else:
                banked.append(passing)
        if banked:
            fresh = [one.entity for one in banked if one.entity.column < 0]
            for subject, column in zip(fresh, self._bank.add([None] * len(fresh)) if fresh else (), strict=True):
                subject.column = column
            self._step(banked, outcome)
            self._fill(banked, outcome)

    def _at(self, known: Subject, course: Course, sample: MetricSample, start: int) -> Subject:
        """Return the state that a sample belongs to: the entity's, or the one from before a gap; open a gap if it ends one."""
        if course.rows.keys().isdisjoint(sample.metrics):
            return known
        if start > known.heard:
            if known.opens_gap(sample, start):
                if known.past is not None:
                    self._bank.remove(known.past.columns())
                known.past = Subject(
                    known.state, known.newest, known.heard, known.labels, column=self._bank.copy(known.column)
                )
                known.until = start
            return known
        if not known.is_in_gap(start):
            return known
        if known.past is None:
            known.past = Subject(entities.begun(start), start - 1, start - 1, known.labels)
        return known.past

    def _fill(self, banked: list[_Banked], outcome: _Outcome) -> None:
        """Where a gap is filled, repeat what came after it for the state from before it, which is the entity's now."""
        filled = []
        for one in banked:
            known = self._known[one.sample.entity]
            if one.entity is known.past and one.start + one.sample.interval_s >= known.until:
                filled.append((one, known))
        if not filled:
            return
        self._repeat(filled)
        for one, known in filled:
            past = one.entity
            self._bank.remove([known.column])
            known.column, known.past, known.until = past.column, None, 0
            if past.state.incident is None:
                continue
            if known.state.incident is None:
                known.state = replace(past.state, newest=known.newest)
                continue
            step = entities.ended(past.state, one.sample, one.start, one.course)
            outcome.events.extend([step.event] if step.event is not None else [])

    def _repeat(self, filled: list[tuple[_Banked, Subject]]) -> None:
        """Judge the samples since a gap once more, after those of the gap; what they told is told."""
        since = {known.column: self._bank.recent(known.column) for _, known in filled}
        later = [
            (one, since[known.column], place)
            for one, known in filled
            for place, start in enumerate(since[known.column].times)
            if start > one.entity.heard
        ]
        rounds: dict[int, list[tuple[_Banked, Recent, int]]] = {}
        for one, recent, place in later:
            rounds.setdefault(place - len(recent.times), []).append((one, recent, place))
        for number in sorted(rounds):
            now = rounds[number]
            self._bank.step(
                Batch(
                    columns=np.array([one.entity.column for one, _, _ in now], np.int64),
                    times=np.array([recent.times[place] for _, recent, place in now], np.int64),
                    values=np.array([recent.values[place] for _, recent, place in now], np.float32).T,
                    material=np.array([one.course.material for one, _, _ in now], np.float32).T,
                    maintenance=np.array(
                        [_time(recent.times[place]) in one.course.plan.calendar for one, recent, place in now], np.bool_
                    ),
                )
            )

    def _course(self, sample: MetricSample) -> Course:
        known = self._known.get(sample.entity)
        if known is not None and known.course is not None and known.labels == sample.labels:
            return known.course
        plan = self._rulebook.plan(sample.kind, sample.labels)
        course = self._courses.get(id(plan))
        if course is None:
            # By identity: a course holds its plan, so no other plan can have the same.
            course = self._courses[id(plan)] = course_of(plan)
        return course

    def _step(self, banked: list[_Banked], outcome: _Outcome) -> None:
        batch = Batch(
            columns=np.array([one.entity.column for one in banked], np.int64),
            times=np.array([one.start for one in banked], np.int64),
            values=np.array([one.values for one in banked], np.float32).T,
            material=np.array([one.course.material for one in banked], np.float32).T,
            maintenance=np.array([one.sample.time in one.course.plan.calendar for one in banked], np.bool_),
        )
        for one in banked:
            if one.entity.state.accepted:
                self._bank.accept(one.entity.column)
        young = self._bank.seen(batch.columns) < DEFAULT.warmup
        verdicts = self._bank.step(batch)
        telling = verdicts.active | verdicts.page | verdicts.worse
        asked = [i for i, one in enumerate(banked) if telling[i] or one.entity.state.incident is not None]
        found = self._findings(banked, asked, verdicts)
        for place, one in enumerate(banked):
            one.entity.heard = one.start
            if batch.maintenance[place]:
                outcome.verdicts[Verdict.MAINTENANCE] += len(one.sample.metrics)
            elif place in found or one.suspicious:
                nothing = entities.NOTHING
                self._conclude(one.entity, one.course, one.sample, one.start, found.get(place, nothing), outcome)
            else:
                outcome.verdicts[Verdict.LEARNING if young[place] else Verdict.NORMAL] += len(one.sample.metrics)
            one.entity.newest = max(one.entity.newest, one.start)

    def _findings(self, banked: list[_Banked], asked: list[int], verdicts: Verdicts) -> dict[int, Findings]:
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
        known.state, known.newest = step.state, step.state.newest
        outcome.verdicts.update(step.verdicts)
        if step.event is not None:
            outcome.events.append(step.event)


def _turns(samples: Sequence[MetricSample]) -> Iterable[list[MetricSample]]:
    """Share samples out in turns with one sample an entity at most, keeping the order of each entity's."""
    by_entity: dict[str, list[MetricSample]] = {}
    for sample in samples:
        by_entity.setdefault(sample.entity, []).append(sample)
    if len(by_entity) == len(samples):
        return [list(samples)]
    return ([sample for sample in turn if sample is not None] for turn in zip_longest(*by_entity.values()))


def _banked(known: Subject, course: Course, sample: MetricSample, start: int) -> _Banked | None:
    """Return a sample as the bank takes it, or None: it is not for the bank, or late."""
    if not course.rows or start <= known.heard:
        return None
    values, present, suspicious = [nan] * len(ROWS), False, False
    for name, value in sample.metrics.items():
        row = course.rows.get(name)
        if row is None:
            suspicious = suspicious or course.metric(name) is not None
            continue
        values[row], present = value, True
        suspicious = suspicious or value > course.above[row] or name in course.restless
    suspicious = suspicious or bool(known.state.metrics) or known.state.accepted
    return _Banked(known, course, sample, start, values, suspicious) if present else None


def _time(start: int) -> datetime:
    return datetime.fromtimestamp(int(start), UTC)
