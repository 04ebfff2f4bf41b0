"""What rules come to for one entity: frozen values that the engines read. Times in seconds, values in the metric's unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from satark.schemas.incidents import Severity


class Method(StrEnum):
    """How a metric's normal is found. `NONE`: no normal, only limits and rates."""

    ROBUST = "robust"
    SEED = "seed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Persistence:
    """A symptom begins with the `bad`-th bad sample of the last `of`, and ends after `good` good ones in a row."""

    bad: int = 1
    of: int = 1
    good: int = 3


@dataclass(frozen=True, slots=True)
class Limit:
    """An absolute limit: values above it are wrong whatever was usual. At the limit is within it."""

    above: float
    persistence: Persistence = Persistence()
    severity: Severity = Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of change: a rise by more than `rise` within `over_s` seconds is wrong."""

    rise: float
    over_s: int
    persistence: Persistence = Persistence()
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class SeedParameters:
    """The seed's method: mean of the present against mean and standard deviation of the history before it."""

    present_s: int = 300
    history_s: int = 3600
    factor: float = 2.0
    min_samples: int = 6
    floor: float = 1.0
    persistence: Persistence = Persistence()


@dataclass(frozen=True, slots=True)
class MetricPlan:
    """How one metric of one entity is watched.

    `material` is the least rise worth a page (None: what the method knows of the metric's kind); from `critical_factor`
    spreads above normal an incident is critical.
    """

    method: Method = Method.ROBUST
    material: float | None = None
    limit: Limit | None = None
    rate: Rate | None = None
    seed: SeedParameters = SeedParameters()
    critical_factor: float = 6.0

    @property
    def judges(self) -> bool:
        """Whether anything can be wrong with the metric."""
        return self.method is not Method.NONE or self.limit is not None or self.rate is not None


@dataclass(frozen=True, slots=True)
class Flapping:
    """`transitions` openings and endings within `within_s` are one flapping incident, until it was calm for `calm_s`."""

    transitions: int = 8
    within_s: int = 3600
    calm_s: int = 3600


def covers(known: str, name: str) -> bool:
    """Return whether a metric is the known one, or one of those whose names begin with it."""
    return name == known or name.startswith(known + "_")


class Calendar(Protocol):
    """When an entity is under announced maintenance."""

    def __contains__(self, at: datetime) -> bool:
        """Return whether the instant (aware) lies in maintenance."""
        ...


class Never:
    """The calendar of an entity without maintenance."""

    def __contains__(self, at: datetime) -> bool:
        """Return False."""
        return False


NEVER = Never()


@dataclass(frozen=True, slots=True)
class Plan:
    """How one entity is watched: the names of the rules that matched, and what they come to.

    `metrics` holds plans by metric name or its beginning (`latency_ms` for both directions); the longest name counts.
    """

    rules: tuple[str, ...] = ()
    metrics: Mapping[str, MetricPlan] = field(default_factory=dict)
    calendar: Calendar = NEVER
    flapping: Flapping = Flapping()
    evidence_s: int = 7200

    def metric(self, name: str) -> MetricPlan | None:
        """Return the metric's plan, or None: it is not judged."""
        matching = [known for known in self.metrics if covers(known, name)]
        plan = self.metrics[max(matching, key=len)] if matching else None
        return plan if plan is not None and plan.judges else None

    def in_maintenance(self, at: datetime) -> bool:
        """Return whether the entity is under announced maintenance at the instant."""
        return at in self.calendar
