"""Incidents to draw: courses with gaps, one panel and three, and whatever values an event can have."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import strategies as st
from msgspec.structs import replace

from satark.schemas.incidents import Baseline, IncidentEvent, IncidentResolved, Point, Symptom
from tests.unit.notifier.scenes import INTERVAL_S, LONDON, NOON, opened, resolved, symptom

BERLIN = LONDON | {"timezone": "Europe/Berlin"}
STEP = timedelta(seconds=INTERVAL_S)


def level_then_bad(
    base: float, high: float, *, samples: int = 48, bad: int = 3, missing: Collection[int] = ()
) -> tuple[Point, ...]:
    """Return samples about `base`, the last `bad` of which are about `high`, from noon on."""
    draws = Random(samples)  # noqa: S311 - a world, not a secret
    return tuple(
        Point(time=NOON + (i + bad - samples) * STEP, value=level * draws.uniform(0.9, 1.1), anomalous=level == high)
        for i in range(samples)
        if i not in missing
        for level in [high if i >= samples - bad else base]
    )


def pictured(metric: str, base: float, high: float, points: tuple[Point, ...] | None = None) -> Symptom:
    """Return a symptom with such a course."""
    points = level_then_bad(base, high) if points is None else points
    peak = max(points, key=lambda point: point.value)
    seen = symptom(metric, value=high, centre=base, spread=base / 10, floor=base / 20)
    return replace(seen, recent=points, peak=peak.value, peak_time=peak.time)


def three() -> tuple[Symptom, ...]:
    """Return symptoms for three panels, the gravest first."""
    return (
        pictured("latency_ms_rx", 22.0, 89.0),
        pictured("jitter_ms_rx", 1.5, 5.0),
        pictured("loss_pct_tx", 0.2, 0.6),
    )


_values = st.floats() | st.sampled_from([0.0, -0.0, 5e-324, 1e308, -1e308, 1e-300])
_times = st.datetimes(timezones=st.just(UTC)) | st.datetimes(
    min_value=datetime(2026, 11, 21),  # noqa: DTZ001 - `timezones` gives it
    max_value=datetime(2026, 11, 22),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
_points = st.lists(st.builds(Point, time=_times, value=_values, anomalous=st.booleans()), max_size=6).map(tuple)
_baselines = st.builds(
    Baseline,
    centre=_values,
    spread=_values,
    floor=_values,
    n=st.integers(0, 10),
    start=_times,
    end=_times,
    window_s=st.integers(0, 10**9),
)
_symptoms = st.builds(
    Symptom,
    metric=st.text(max_size=40) | st.sampled_from(["latency_ms_rx", "$x_{rx}^2$", "損失_pct_tx", "a" * 300]),
    active=st.booleans(),
    since=_times,
    time=_times,
    value=_values,
    distance=_values,
    limit=_values,
    peak=_values,
    peak_time=_times,
    baseline=_baselines,
    recent=_points,
    until=st.none(),
    cause=st.none(),
)


@st.composite
def incidents(draw: st.DrawFn) -> IncidentEvent:
    """Draw incidents with any values, times and names."""
    beginning = opened(*draw(st.lists(_symptoms, min_size=1, max_size=4)))
    event: IncidentEvent = resolved(beginning) if draw(st.booleans()) else beginning
    zone = draw(st.sampled_from(["Europe/Berlin", "America/Argentina/Buenos_Aires", "", "../etc", "\x00"]) | st.text())
    event = replace(
        event,
        symptoms=beginning.symptoms,
        opened_at=draw(_times),
        interval_s=draw(st.sampled_from([1, 300, 86_400, 2**62])),
        labels={"timezone": zone},
    )
    return replace(event, ended_at=draw(_times)) if isinstance(event, IncidentResolved) else event
