"""Samples and rules for the detector's tests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from satark.detector.incidents.state import EntityState
from satark.detector.seed.engine import SeedEngine, Step
from satark.detector.settings import DetectorSettings
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


def run(
    samples: Iterable[MetricSample],
    rules: DetectorSettings | None = None,
    state: EntityState | None = None,
) -> tuple[EntityState | None, list[IncidentEvent], list[Step[EntityState]]]:
    """Drive the engine through samples in the given order; `now` is ten minutes after each."""
    engine = SeedEngine(rules or DetectorSettings())
    events: list[IncidentEvent] = []
    steps: list[Step[EntityState]] = []
    for item in samples:
        step = engine.step(state, item, item.time + timedelta(minutes=10))
        state = step.state
        events += step.events
        steps.append(step)
    return state, events, steps
