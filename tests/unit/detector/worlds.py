"""Samples and rules for the detector's tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from satark.detector.detection.course import course_of
from satark.detector.detection.entity import Step, begun, step
from satark.detector.incidents.state import EntityState
from satark.detector.rules.model import Flapping, Limit, Method, MetricPlan, Persistence, Plan, SeedParameters
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample

EPOCH = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
INTERVAL_S = 300
ENTITY = "wan-link/vco/4101/link-b"


def at(bucket: int) -> datetime:
    """Return the start of a five-minute bucket."""
    return EPOCH + timedelta(seconds=bucket * INTERVAL_S)


def start(bucket: int) -> int:
    """Return the start of a bucket in epoch seconds."""
    return int(at(bucket).timestamp())


def sample(
    bucket: int, metrics: Mapping[str, float], entity: str = ENTITY, *, backfilled: bool = False
) -> MetricSample:
    """Return a sample of one link."""
    return MetricSample.of(
        entity=entity,
        kind=WAN_LINK,
        time=at(bucket),
        interval_s=INTERVAL_S,
        metrics=metrics,
        labels={"edge": "LDN-BR-01", "link": "Broadband B"},
        backfilled=backfilled,
    )


def latency(values: Iterable[float], first: int = 0, *, backfilled: bool = False) -> list[MetricSample]:
    """Return samples of download latency, one a bucket."""
    return [sample(first + i, {LATENCY_MS_RX: value}, backfilled=backfilled) for i, value in enumerate(values)]


NEVER_FLAPS = Flapping(transitions=1_000_000)


@dataclass(frozen=True)
class SeedRules:
    """The seed's rules for all that is measured on a link, and the limit of an orchestrator's failed cycles."""

    present_s: int = 300
    history_s: int = 3600
    factor: float = 2.0
    min_samples: int = 6
    spread_floors: Mapping[str, float] = field(
        default_factory=lambda: {"latency_ms": 5.0, "jitter_ms": 2.5, "loss_pct": 0.5}
    )
    limits: Mapping[str, float] = field(default_factory=lambda: {"failed_cycles": 2.0})
    open_after: int = 1
    of: int = 0
    resolve_after: int = 3
    flapping: Flapping = NEVER_FLAPS

    @property
    def persistence(self) -> Persistence:
        """Consecutive samples, unless `of` says otherwise."""
        return Persistence(self.open_after, self.of or self.open_after, self.resolve_after)

    def plan(self, kind: str = WAN_LINK, labels: Mapping[str, str] | None = None) -> Plan:
        """Return the plan of every entity."""
        del kind, labels
        plans = {name: self._metric(floor) for name, floor in self.spread_floors.items()}
        once = Persistence(1, 1, 1)
        limited = {n: MetricPlan(method=Method.NONE, limit=Limit(a, once)) for n, a in self.limits.items()}
        return Plan(rules=("test",), metrics=plans | limited, flapping=self.flapping)

    def _metric(self, floor: float) -> MetricPlan:
        seed = SeedParameters(self.present_s, self.history_s, self.factor, self.min_samples, floor, self.persistence)
        return MetricPlan(method=Method.SEED, seed=seed)


def run(
    samples: Iterable[MetricSample],
    rules: SeedRules | None = None,
    state: EntityState | None = None,
) -> tuple[EntityState | None, list[IncidentEvent], list[Step]]:
    """Judge the samples of one entity in the given order."""
    course = course_of((rules or SeedRules()).plan())
    steps: list[Step] = []
    for item in samples:
        begins = int(item.time.timestamp())
        steps.append(step(state or begun(begins), item, begins, course))
        state = steps[-1].state
    return state, [one.event for one in steps if one.event is not None], steps
