"""Samples on their way through a turn: in which order, and which of their values the bank takes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import nan

import numpy as np

from satark.detector.detection.bank import ROWS, Batch
from satark.detector.detection.course import Course
from satark.detector.detection.subject import Subject
from satark.schemas.metrics import MetricSample


@dataclass(slots=True)
class Passing:
    """A sample on its way through the bank. `suspicious`: more is to be judged of it, whatever the bank says."""

    entity: Subject
    course: Course
    sample: MetricSample
    start: int
    values: list[float]
    suspicious: bool


def turns(samples: Sequence[MetricSample]) -> Iterable[list[MetricSample]]:
    """Share samples out in turns with one sample an entity at most, keeping the order of each entity's."""
    by_entity: dict[str, list[MetricSample]] = {}
    for sample in samples:
        by_entity.setdefault(sample.entity, []).append(sample)
    if len(by_entity) == len(samples):
        return [list(samples)]
    return ([sample for sample in turn if sample is not None] for turn in zip_longest(*by_entity.values()))


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
        suspicious = suspicious or value > course.above[row] or name in course.restless
    suspicious = suspicious or bool(known.state.metrics) or known.state.accepted
    return Passing(known, course, sample, start, values, suspicious) if present else None
