"""Links to replay: a quiet one, and one that is bad for a while. Rules by which that is quick to find."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from satark.detector.replay.sightings import Reject, Sighting
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample

MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC)
STEP_S = 300
LABELS = {"edge": "LDN-BR-01", "link": "Broadband B"}

CALM = """
version: 1
builtin: false
rules:
  - name: calm
    match: {kind: wan-link}
    metrics:
      latency_ms: {method: seed, seed: {floor: 5, factor: 20}}
"""


def at(interval: int) -> datetime:
    """Return the beginning of an interval."""
    return MIDNIGHT + timedelta(seconds=STEP_S * interval)


def sample(interval: int, value: float = 20.0, entity: str = "wan-link/b") -> MetricSample:
    """Return a sample of download latency."""
    return MetricSample.of(
        entity=entity,
        kind=WAN_LINK,
        time=at(interval),
        interval_s=STEP_S,
        metrics={LATENCY_MS_RX: value},
        labels=LABELS,
    )


def sightings(samples: Iterable[MetricSample]) -> list[Sighting]:
    """Return samples as known when their intervals ended."""
    return [Sighting.timely(each) for each in samples]


def day(entity: str = "wan-link/b", *, bad: Sequence[int] = range(40, 50), level: float = 88.0) -> list[MetricSample]:
    """Return an hour-long incident's samples: 60 intervals, some of them bad."""
    return [sample(i, level if i in bad else 20.0 + i % 2, entity) for i in range(60)]


def write(path: Path, samples: Iterable[MetricSample]) -> Path:
    """Write samples, one a line."""
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in samples))
    return path


def no_reject(reject: Reject) -> None:
    """Fail for a reject."""
    raise AssertionError(reject)
