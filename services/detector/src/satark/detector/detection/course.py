"""A plan as the engine works with it: which metrics of an entity the bank judges, and which are judged one by one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from satark.detector.detection.bank import ROWS
from satark.detector.robust import WAN_LINK
from satark.detector.robust.arrays import Floats
from satark.detector.rules.model import Method, MetricPlan, Plan

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
    rows with a rate, which is judged at every sample; `material` is the impact floor of each row.
    """

    plan: Plan
    rows: Mapping[str, int]
    above: tuple[float, ...]
    restless: frozenset[str]
    material: Floats
    _plans: dict[str, MetricPlan | None] = field(default_factory=dict)

    def metric(self, name: str) -> MetricPlan | None:
        """Return a metric's plan, or None: it is not judged."""
        if name not in self._plans:
            if len(self._plans) >= _MAX_NAMES:
                self._plans.clear()
            self._plans[name] = self.plan.metric(name)
        return self._plans[name]

    def is_series(self, name: str) -> bool:
        """Return whether a metric is judged by how new it is: by the robust method, and it is of no kind that it knows."""
        plan = self.metric(name)
        return plan is not None and plan.method is Method.ROBUST and name not in self.rows


_MAX_NAMES = 4096


def course_of(plan: Plan) -> Course:
    """Return the course of a plan."""
    plans = [plan.metric(name) for name in ROWS]
    robust = {name: row for row, name in enumerate(ROWS) if (p := plans[row]) is not None and p.method is Method.ROBUST}
    material = [
        known if wanted is None or wanted.material is None else wanted.material
        for known, wanted in zip(_MATERIAL, plans, strict=True)
    ]
    return Course(
        plan=plan,
        rows=robust,
        above=tuple(math.inf if p is None or p.limit is None else p.limit.above for p in plans),
        restless=frozenset(name for name in robust if (p := plans[robust[name]]) is not None and p.rate is not None),
        material=np.array(material, np.float32),
    )
