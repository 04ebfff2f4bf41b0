"""A plan as the engine works with it: which metrics of an entity the bank judges, and which are judged one by one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, nan
from operator import itemgetter
from typing import Protocol

import numpy as np

from satark.detector.detection.bank import ROWS
from satark.detector.robust import WAN_LINK
from satark.detector.robust.arrays import Array, Floats, Whole
from satark.detector.rules.model import NEVER, Method, MetricPlan, Plan

Taking = Callable[[Mapping[str, float]], Sequence[float]]
"""Takes the values of the bank's rows out of a sample's metrics, in their order; not a number if missing."""

_MATERIAL = tuple(float(value) for value in WAN_LINK.material[:, 0])


class Rules(Protocol):
    """A rulebook: the plan of an entity. The same entity gets the same object, so that what depends on it is kept."""

    def plan(self, kind: str, labels: Mapping[str, str]) -> Plan:
        """Return how an entity of this kind and these labels is watched."""
        ...


@dataclass(frozen=True)
class Course:
    """The course of judging an entity.

    `rows` are the bank's rows by metric, `above` the absolute limit of each row (infinite: none), `restless` the metrics of
    rows with a rate, which is judged at every sample; `material` is the impact floor of each row. `number` is its place among
    the courses of a detection.
    """

    number: int
    plan: Plan
    rows: Mapping[str, int]
    above: tuple[float, ...]
    restless: frozenset[str]
    material: Floats
    has_calendar: bool
    _plans: dict[str, MetricPlan | None] = field(default_factory=dict)
    _taking: dict[tuple[str, ...], Taking | None] = field(default_factory=dict)

    def metric(self, name: str) -> MetricPlan | None:
        """Return a metric's plan, or None: it is not judged."""
        if name not in self._plans:
            if len(self._plans) >= _MAX_NAMES:
                self._plans.clear()
            self._plans[name] = self.plan.metric(name)
        return self._plans[name]

    def watches(self, names: Iterable[str]) -> bool:
        """Return whether any of these metrics is judged."""
        return any(self.metric(name) is not None for name in names)

    def is_series(self, name: str) -> bool:
        """Return whether a metric is judged by how new it is: by the robust method, and it is of no kind that it knows."""
        plan = self.metric(name)
        return plan is not None and plan.method is Method.ROBUST and name not in self.rows

    def taking(self, names: tuple[str, ...]) -> Taking | None:
        """Return what takes the bank's values out of samples with these metrics; None if more of them is to be judged."""
        try:
            return self._taking[names]
        except KeyError:
            if len(self._taking) >= _MAX_NAMES:
                self._taking.clear()
            found = self._taking[names] = self._found_taking(frozenset(names))
            return found

    def _found_taking(self, names: frozenset[str]) -> Taking | None:
        known = names & self.rows.keys()
        if not known or known & self.restless or any(self.metric(name) is not None for name in names - known):
            return None
        if len(known) == len(ROWS):
            return itemgetter(*ROWS)
        return lambda metrics: [metrics[name] if name in known else nan for name in ROWS]


_MAX_NAMES = 4096


class Courses:
    """The courses of all plans in force, numbered, and what the bank needs of each as arrays."""

    def __init__(self) -> None:
        self._by_plan: dict[int, Course] = {}
        self._material = np.zeros((0, len(ROWS)), np.float32)
        self._above = np.zeros((0, len(ROWS)))

    def of(self, plan: Plan) -> Course:
        """Return the course of a plan, the same for the same object."""
        # By identity: a course holds its plan, so no other plan can have the same.
        course = self._by_plan.get(id(plan))
        if course is None:
            course = self._by_plan[id(plan)] = course_of(plan, len(self._by_plan))
            self._material = np.vstack([self._material, course.material])
            self._above = np.vstack([self._above, course.above])
        return course

    def material(self, numbers: Whole) -> Floats:
        """Return the impact floors of courses [rows, courses]."""
        return np.ascontiguousarray(self._material[numbers].T)

    def above(self, numbers: Whole) -> Array:
        """Return the absolute limits of courses [courses, rows]."""
        return self._above[numbers]


def course_of(plan: Plan, number: int = 0) -> Course:
    """Return the course of a plan."""
    plans = [plan.metric(name) for name in ROWS]
    robust = {name: row for row, name in enumerate(ROWS) if (p := plans[row]) is not None and p.method is Method.ROBUST}
    material = [
        known if wanted is None or wanted.material is None else wanted.material
        for known, wanted in zip(_MATERIAL, plans, strict=True)
    ]
    return Course(
        number=number,
        plan=plan,
        rows=robust,
        above=tuple(inf if p is None or p.limit is None else p.limit.above for p in plans),
        restless=frozenset(name for name in robust if (p := plans[robust[name]]) is not None and p.rate is not None),
        material=np.array(material, np.float32),
        has_calendar=plan.calendar is not NEVER,
    )
