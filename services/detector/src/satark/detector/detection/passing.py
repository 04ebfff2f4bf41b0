"""Samples on their way through a turn: in which order, and which of their values the bank takes.

Nearly all samples are quiet: of links that are known, in order, with nothing else to judge. Each step in Python that such a
sample needs counts as much as its share of the arrays, so it is a row in a few lists and no object of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import nan

import numpy as np

from satark.detector.detection.bank import ROWS, Bank, Batch
from satark.detector.detection.course import Course, Courses
from satark.detector.detection.subject import MISSING, Subject
from satark.detector.robust.arrays import Flags
from satark.schemas.metrics import MetricSample


@dataclass(slots=True)
class Passing:
    """A sample on its way through the bank. `suspicious`: more is to be judged of it, whatever the bank says."""

    entity: Subject
    course: Course
    sample: MetricSample
    start: int
    values: Sequence[float]
    suspicious: bool


@dataclass(slots=True)
class Banked:
    """The samples of a turn that the bank judges, member by member; of `values` there are as many as rows for each sample.

    `others`, by their places, are the samples that are not quiet; `maintenance` are places too.
    """

    entities: list[Subject] = field(default_factory=list)
    samples: list[MetricSample] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    courses: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    others: dict[int, Passing] = field(default_factory=dict)
    maintenance: set[int] = field(default_factory=set)

    def __getitem__(self, place: int) -> Passing:
        """Return one sample."""
        if place in self.others:
            return self.others[place]
        known, values = self.entities[place], self.values[place * len(ROWS) : (place + 1) * len(ROWS)]
        assert known.course is not None  # noqa: S101 - a quiet sample's entity has one
        return Passing(known, known.course, self.samples[place], self.starts[place], values, suspicious=False)

    def take_quiet(self, known: Subject, sample: MetricSample, start: int) -> bool:
        """Take a sample that nobody but the bank has anything to do with; return whether it is such a one."""
        course, labels, values, state = known.course, sample.labels, sample.metrics, known.state
        if course is None or (known.labels is not labels and known.labels != labels):
            return False
        taking = course.taking(tuple(values))
        if taking is None or known.column < 0 or not 0 < start - known.heard <= MISSING * sample.interval_s:
            return False
        if state.incident is not None or state.metrics or state.accepted:
            return False
        self._append(known, course, sample, start)
        self.values += taking(values)
        return True

    def settle(self, bank: Bank) -> None:
        """Give columns to entities that the bank does not know yet."""
        fresh = {place: one.entity for place, one in self.others.items() if one.entity.column < 0}
        for (place, known), column in zip(fresh.items(), bank.add([None] * len(fresh)), strict=True):
            self.columns[place] = known.column = column

    def take(self, one: Passing) -> None:
        """Take any sample that is for the bank."""
        self.others[len(self.samples)] = one
        self._append(one.entity, one.course, one.sample, one.start)
        self.values += one.values

    def _append(self, known: Subject, course: Course, sample: MetricSample, start: int) -> None:
        if course.has_calendar and sample.time in course.plan.calendar:
            self.maintenance.add(len(self.samples))
        self.entities.append(known)
        self.samples.append(sample)
        self.starts.append(start)
        self.columns.append(known.column)
        self.courses.append(course.number)
        self.widths.append(len(sample.metrics))

    def values_of(self, which: Flags) -> int:
        """Return how many values some of the samples have, those included that the bank does not judge."""
        return int(np.array(self.widths)[which].sum())

    def batch(self, courses: Courses) -> tuple[Batch, Flags]:
        """Return what the bank is given, and which samples have a value above an absolute limit."""
        values = np.array(self.values).reshape(-1, len(ROWS))
        numbers = np.array(self.courses, np.int64)
        maintenance = np.zeros(len(values), np.bool_)
        maintenance[list(self.maintenance)] = True
        batch = Batch(
            columns=np.array(self.columns, np.int64),
            times=np.array(self.starts, np.int64),
            values=values.T.astype(np.float32, order="C"),
            material=courses.material(numbers),
            maintenance=maintenance,
        )
        return batch, np.asarray((values > courses.above(numbers)).any(axis=1))


def turns(samples: Sequence[MetricSample]) -> Iterable[Sequence[MetricSample]]:
    """Share samples out in turns with one sample an entity at most, keeping the order of each entity's."""
    if len({sample.entity for sample in samples}) == len(samples):
        return [samples]
    shared: list[list[MetricSample]] = []
    had: dict[str, int] = {}
    for sample in samples:
        turn = had.get(sample.entity, 0)
        had[sample.entity] = turn + 1
        if turn == len(shared):
            shared.append([])
        shared[turn].append(sample)
    return shared


def passing(known: Subject, course: Course, sample: MetricSample, start: int) -> Passing | None:
    """Return a sample as the bank takes it, or None: it is not for the bank, or late."""
    if not course.rows or start <= known.heard:
        return None
    return _passing(known, course, sample, start)


def late(known: Subject, course: Course, sample: MetricSample, start: int) -> Iterator[Passing]:
    """Yield a late sample as the bank may learn it; none in maintenance, or if all so far is to be forgotten."""
    if known.column < 0 or start > known.heard or known.state.accepted or sample.time in course.plan.calendar:
        return
    passed = _passing(known, course, sample, start)
    if passed is not None:
        yield passed


def batch_of(samples: Sequence[Passing]) -> Batch:
    """Return samples of different links as the bank takes them."""
    return Batch(
        columns=np.array([one.entity.column for one in samples], np.int64),
        times=np.array([one.start for one in samples], np.int64),
        values=np.array([one.values for one in samples], np.float32).T,
        material=np.array([one.course.material for one in samples], np.float32).T,
        maintenance=np.array([one.sample.time in one.course.plan.calendar for one in samples], np.bool_),
    )


def _passing(known: Subject, course: Course, sample: MetricSample, start: int) -> Passing | None:
    values, present, suspicious = [nan] * len(ROWS), False, False
    for name, value in sample.metrics.items():
        row = course.rows.get(name)
        if row is None:
            suspicious = suspicious or course.metric(name) is not None
            continue
        values[row], present = value, True
        suspicious = suspicious or name in course.restless
    suspicious = suspicious or bool(known.state.metrics) or known.state.accepted
    return Passing(known, course, sample, start, values, suspicious) if present else None
