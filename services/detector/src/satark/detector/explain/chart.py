"""A metric's recent past as a small chart of characters: the points, the band of the normal, and the limit. Pure.

Each column is a stretch of time of one or more intervals; of several points in a column the worst is shown, and a
stretch without any stays empty, for missing is not zero. A point is beyond the limit if it was judged so, or if it is above
the limit that is drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from math import ceil

from msgspec.structs import replace

from satark.detector.explain.words import number
from satark.schemas.incidents import Baseline, Point, Symptom

HEIGHT = 9
WIDTH = 72


class Mark(Enum):
    """What one character of a chart stands for."""

    EMPTY = " "
    BAND = "░"
    LIMIT = "╌"
    NORMAL = "•"
    ANOMALOUS = "●"


@dataclass(frozen=True, slots=True)
class Chart:
    """Rows from top to bottom, all of one width. `ticks` names some of them: the value there, and what it is.

    The first column begins at `start`, each is `column_s` seconds long.
    """

    rows: tuple[tuple[Mark, ...], ...]
    ticks: Mapping[int, tuple[float, str]]
    start: datetime
    column_s: int

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.rows[0])

    def time(self, column: int) -> datetime:
        """Return when a column begins."""
        return self.start + timedelta(seconds=column * self.column_s)

    def column(self, time: datetime) -> int:
        """Return the column that holds an instant; those outside belong to the nearest."""
        index = int((time - self.start).total_seconds() // self.column_s)
        return min(max(index, 0), self.width - 1)


def points(symptoms: Sequence[Symptom]) -> list[Point]:
    """Return the points that an incident's events carry of one metric, oldest first; the newest event knows best."""
    merged = {point.time: point for symptom in symptoms for point in symptom.recent}
    return [merged[time] for time in sorted(merged)]


def chart(
    shown: Sequence[Point], baseline: Baseline, limit: float, interval_s: int, *, width: int = WIDTH
) -> Chart | None:
    """Return the chart of points, given the baseline and the limit of the incident's beginning; None without points."""
    if not shown:
        return None
    start = shown[0].time
    slots = int((shown[-1].time - start).total_seconds()) // interval_s + 1
    column_s = ceil(slots / max(width, 1)) * interval_s
    columns: dict[int, Point] = {}
    for point in (replace(each, anomalous=each.anomalous or each.value > limit) for each in shown):
        index = int((point.time - start).total_seconds()) // column_s
        best = columns.get(index)
        if best is None or (point.anomalous, point.value) > (best.anomalous, best.value):
            columns[index] = point
    known = baseline.n > 0
    spread = max(baseline.spread, baseline.floor)
    least = min(point.value for point in shown)
    # Not below zero, where nothing that is measured can be, nor above the limit, which may be nearer than a spread.
    lower = max(baseline.centre - spread, min(least, 0.0))
    band = (lower, min(baseline.centre + spread, limit)) if known else None
    scale = _Scale.over([*(point.value for point in shown), limit, *(band or ())])
    limit_row = scale.row(limit)
    return Chart(
        rows=_rows(columns, max(columns) + 1, scale, limit_row, band),
        ticks=_ticks(scale, limit, baseline.centre if known else None),
        start=start,
        column_s=column_s,
    )


def _ticks(scale: "_Scale", limit: float, centre: float | None) -> dict[int, tuple[float, str]]:
    ticks = {0: (scale.high, ""), HEIGHT - 1: (scale.low, "")}
    row = scale.row(limit)
    if centre is None:
        return ticks | {row: (limit, "limit")}
    if scale.row(centre) == row:
        return ticks | {row: (limit, f"limit, normal {number(centre)}")}
    return ticks | {scale.row(centre): (centre, "normal"), row: (limit, "limit")}


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float]) -> "_Scale":
        """Return a scale that holds all values."""
        low, high = min(values), max(values)
        return cls(low, high if high > low else low + 1.0)

    def row(self, value: float) -> int:
        share = (value - self.low) / (self.high - self.low)
        return (HEIGHT - 1) - round(min(max(share, 0.0), 1.0) * (HEIGHT - 1))


def _rows(
    columns: dict[int, Point], width: int, scale: _Scale, limit_row: int, band: tuple[float, float] | None
) -> tuple[tuple[Mark, ...], ...]:
    top, bottom = (scale.row(band[1]), scale.row(band[0])) if band else (HEIGHT, -1)
    rows = [[_ground(row, limit_row, top, bottom)] * width for row in range(HEIGHT)]
    for index, point in columns.items():
        rows[scale.row(point.value)][index] = Mark.ANOMALOUS if point.anomalous else Mark.NORMAL
    return tuple(tuple(row) for row in rows)


def _ground(row: int, limit_row: int, top: int, bottom: int) -> Mark:
    if row == limit_row:
        return Mark.LIMIT
    return Mark.BAND if top <= row <= bottom else Mark.EMPTY
