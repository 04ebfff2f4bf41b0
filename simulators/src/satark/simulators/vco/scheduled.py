"""One incident of a script at its time and place: how much of it holds at a moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import pi, sin
from typing import Literal

from satark.simulators.vco.scenario import OUTAGES, Incident

HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One incident with its absolute times (end exclusive, None: never), and what it touches, by id."""

    number: int
    incident: Incident
    begins: datetime
    ends: datetime | None
    links: frozenset[str]
    edges: frozenset[int] = frozenset()

    def lasts(self, when: datetime) -> bool:
        """Return whether a moment is within the incident."""
        return self.begins <= when and (self.ends is None or when < self.ends)

    def state(self, now: datetime) -> Literal["pending", "active", "over"]:
        """Say where the incident is."""
        if now < self.begins:
            return "pending"
        return "active" if self.lasts(now) else "over"

    def outages(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield the intervals in which this incident keeps its links down, of what touches [start, end)."""
        if self.incident.kind not in OUTAGES or self.begins >= end or (self.ends is not None and self.ends < start):
            return
        if self.incident.kind != "flap":
            yield self.begins, self.ends
            return
        period = timedelta(seconds=self.incident.period_s)
        begins = self.begins + max((start - self.begins) // period, 0) * period
        while begins < (end if self.ends is None else min(self.ends, end)):
            up = begins + period / 2
            yield begins, up if self.ends is None else min(up, self.ends)
            begins += period

    def down_since(self, when: datetime) -> datetime | None:
        """Return since when this incident keeps its links down, or None when it does not."""
        if self.incident.kind not in OUTAGES or not self.lasts(when):
            return None
        if self.incident.kind != "flap":
            return self.begins
        period = timedelta(seconds=self.incident.period_s)
        phase = (when - self.begins) % period
        return when - phase if phase < period / 2 else None

    def share(self, when: datetime, draw: float, utc_offset_h: float = 0.0) -> float:
        """Return the part of the increase that holds at a time; `draw` is uniform in [0, 1)."""
        if self.incident.kind in OUTAGES or not self.lasts(when):
            return 0.0
        kind = self.incident.kind
        if kind in {"ramp", "spike"}:
            return self._progress(when) if kind == "ramp" else 1 - self._progress(when)
        if kind == "congestion":
            return swell(when, utc_offset_h, self.incident.local_hours)
        if kind == "bursty_loss":
            return 1.0 if draw < 0.5 else 0.0  # noqa: PLR2004 - every second bucket
        return 0.5 + draw if kind == "jitter_burst" else 1.0

    def _progress(self, when: datetime) -> float:
        return (when - self.begins) / (self.ends - self.begins) if self.ends else 0.0


def swell(when: datetime, utc_offset_h: float, local_hours: tuple[float, float]) -> float:
    """Return 0 outside the local hours and a half wave of 0 to 1 within; hours may pass midnight."""
    begin, end = local_hours
    hour = (when.hour + when.minute / 60 + when.second / 3600 + utc_offset_h - begin) % HOURS
    length = (end - begin) % HOURS or HOURS
    return sin(pi * hour / length) if hour < length else 0.0
