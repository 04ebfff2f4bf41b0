"""What a picture shows, as plain values: the panels, their samples in stretches without a gap, and the time they share.

Times are seconds since 1970 in UTC here, for a picture's axis is a number line and outside values may lie anywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from satark.notifier.mail import blindness, evidence, no_data, wording
from satark.notifier.mail.wording import MetricWords
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Symptom

MAX_PANELS = 3
LATE = 1.5
"""Intervals between two samples beyond which one is missing between them."""
MIN_INTERVALS = 6
"""A picture shows at least so many intervals, however few samples there are."""
MAX_TAIL = 0.15
"""What may be empty on the right, from the last sample to now, as a part of the samples' span."""
MAX_INTERVAL_S = 31 * 86_400


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement: when its interval began, in seconds since 1970."""

    at_s: float
    value: float
    anomalous: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric. Values are in its unit and finite; what is not known is None."""

    words: MetricWords
    runs: tuple[tuple[Sample, ...], ...]
    normal: tuple[float, float] | None
    limit: float | None
    peak: Sample | None
    now: float

    @property
    def samples(self) -> tuple[Sample, ...]:
        """All samples, oldest first."""
        return tuple(sample for run in self.runs for sample in run)


@dataclass(frozen=True, slots=True)
class Course:
    """Some metrics over the same time; `began_s` to `ended_s` is the incident."""

    panels: tuple[Panel, ...]
    start_s: float
    end_s: float
    began_s: float
    ended_s: float
    is_over: bool
    timezone: str | None

    def holds(self, at_s: float) -> bool:
        """Return whether a time lies within the picture."""
        return self.start_s <= at_s <= self.end_s


def course(event: IncidentEvent, now: datetime) -> Course | None:
    """Return what to draw of an incident; None if nothing was measured, as of an alarm or a silent link."""
    if event.alarm is not None or blindness.is_blindness(event):
        return None
    interval_s = min(event.interval_s, MAX_INTERVAL_S)
    measured = [s for s in evidence.gravest_first(event.symptoms) if s.metric != no_data.MISSING_CYCLES]
    panels = tuple(panel for symptom in measured if (panel := _panel(symptom, interval_s)))[:MAX_PANELS]
    if not panels:
        return None
    is_over = isinstance(event, IncidentResolved)
    ended_s = (event.ended_at if isinstance(event, IncidentResolved) else now).timestamp()
    start_s, end_s = _span([sample.at_s for panel in panels for sample in panel.samples], interval_s, ended_s)
    return Course(
        panels=panels,
        start_s=start_s,
        end_s=end_s,
        began_s=event.opened_at.timestamp(),
        ended_s=ended_s,
        is_over=is_over,
        timezone=event.labels.get("timezone"),
    )


def _span(times: list[float], interval_s: float, ended_s: float) -> tuple[float, float]:
    last = max(times) + interval_s
    start = min(*times, last - MIN_INTERVALS * interval_s)
    tail = min(max(0.0, ended_s - last), MAX_TAIL * (last - start))
    return start, last + tail


def _panel(symptom: Symptom, interval_s: float) -> Panel | None:
    runs = tuple(_runs(_samples(symptom), interval_s))
    if not runs:
        return None
    low, high = evidence.normal_range(symptom)
    return Panel(
        words=wording.metric_words(symptom.metric),
        runs=runs,
        normal=(min(low, high), max(low, high)) if isfinite(low) and isfinite(high) else None,
        limit=symptom.limit if isfinite(symptom.limit) else None,
        peak=Sample(symptom.peak_time.timestamp(), symptom.peak, anomalous=True) if isfinite(symptom.peak) else None,
        now=symptom.value,
    )


def _samples(symptom: Symptom) -> list[Sample]:
    """Return what can be drawn, in order of time; of two samples of one time the later one counts."""
    found = {
        point.time.timestamp(): Sample(point.time.timestamp(), point.value, point.anomalous)
        for point in symptom.recent
        if isfinite(point.value)
    }
    return [found[at_s] for at_s in sorted(found)]


def _runs(samples: list[Sample], interval_s: float) -> Iterable[tuple[Sample, ...]]:
    """Cut samples where one is missing between two."""
    run: list[Sample] = []
    for sample in samples:
        if run and sample.at_s - run[-1].at_s >= LATE * interval_s:
            yield tuple(run)
            run = []
        run.append(sample)
    if run:
        yield tuple(run)
