"""The history of one metric of one entity, in bins or as it was measured, with what was normal and what was wrong."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from satark.analytics.routes.v1.questions import steps
from satark.analytics.routes.v1.questions.conditions import SECOND_US, Conditions
from satark.analytics.store.statement import Row, Statement

MAX_RAW = 20_000
MAX_INCIDENTS = 1000
GAP = 1.5
"""Intervals between the beginnings of two samples, from which on there is one missing."""

Numbers = list[float | None]


class Aggregate(StrEnum):
    """What a bin is told by."""

    AVG = "avg"
    MIN = "min"
    MAX = "max"
    P95 = "p95"


AGGREGATES: Mapping[str, str] = {
    Aggregate.AVG: "avg(value)",
    Aggregate.MIN: "min(value)",
    Aggregate.MAX: "max(value)",
    Aggregate.P95: "quantileExactInclusive(0.95)(value)",
}
UNITS = {"_ms": "ms", "_pct": "%", "_bps": "bit/s", "_bytes": "bytes", "_s": "s"}


class Band(Struct, frozen=True, kw_only=True):
    """What was normal, at the times of the series; null where that was not known, or is still learnt."""

    centre: Numbers
    low: Numbers
    high: Numbers
    limit: Numbers


class IncidentSpan(Struct, frozen=True, kw_only=True):
    """An incident of the entity in the time of the series. `ended_at` null: it is open. `metrics` are its symptoms."""

    incident: str
    severity: str
    opened_at: datetime
    ended_at: datetime | None
    metrics: list[str]


class Series(Struct, frozen=True, kw_only=True):
    """A series. Every list of `values`, and those of `baseline`, are as long as `times`; null: nothing was measured.

    `step_s` 0: the values are as they were measured, under `raw`.
    """

    entity: str
    metric: str
    unit: str
    start: datetime
    end: datetime
    step_s: int
    times: list[datetime]
    values: dict[str, Numbers]
    baseline: Band | None
    incidents: list[IncidentSpan]


class Part(Struct, frozen=True):
    """Which part of the past is asked for."""

    entity: str
    metric: str
    start: datetime
    end: datetime

    def conditions(self, *, until: bool = False) -> Conditions:
        """Return the conditions on a table with these columns; `until`: rows that last into the time count, too."""
        found = Conditions()
        found.add("entity = {entity:String} AND metric = {metric:String}", entity=self.entity, metric=self.metric)
        found.add_time("until >" if until else "time >=", "start", self.start)
        found.add_time("time <", "end", self.end)
        return found


def known(entity: str, metric: str) -> Statement:
    """Return the question for how far apart the latest samples are; no row if there never was one."""
    sql = (
        "SELECT interval_s FROM samples WHERE entity = {entity:String} AND metric = {metric:String} "
        "ORDER BY entity DESC, metric DESC, time DESC LIMIT 1"
    )
    return Statement(sql, {"entity": entity, "metric": metric})


def raw(part: Part) -> Statement:
    """Return the question for the samples themselves, one more than may be."""
    conditions = part.conditions()
    order = "ORDER BY time LIMIT {limit:UInt32}"
    return conditions.statement("SELECT time, interval_s, value FROM samples FINAL", order, limit=MAX_RAW + 1)


def binned(part: Part, step_s: int, aggregates: Sequence[str]) -> Statement:
    """Return the question for bins: each row is a bin's number and its values in the order of the aggregates."""
    chosen = ", ".join([_BIN, *(AGGREGATES[name] for name in aggregates)])
    select = f"SELECT {chosen} FROM samples FINAL"  # noqa: S608 - nothing from outside is text
    return part.conditions().statement(select, *_BY_BIN, step=step_s * SECOND_US)


def baselines(part: Part, step_s: int) -> Statement:
    """Return the question for what was normal: a bin's number, centre, low, high, limit, and until when the last counts.

    Of two for the same time the one that was told later counts; while one is learnt only its limit means something.
    """
    conditions = part.conditions(until=True)
    return conditions.statement(_BASELINES, "GROUP BY time)", *_BY_BIN, step=step_s * SECOND_US)


def incidents(entity: str, start: datetime, end: datetime) -> Statement:
    """Return the question for the incidents of an entity that were open at some time between."""
    rows, latest = Conditions(), Conditions()
    rows.add("entity = {entity:String}", entity=entity)
    rows.add_time("opened_at <", "end", end)
    latest.add_time("argMax(event, sequence) != 'resolved' OR max(time) >=", "start", start)
    return rows.statement(
        "SELECT incident, argMax(severity, sequence), min(opened_at) AS opened, argMax(body, sequence) FROM incidents",
        *("GROUP BY incident", latest.having, "ORDER BY opened, incident LIMIT {limit:UInt32}"),
        **latest.parameters,
        limit=MAX_INCIDENTS,
    )


def unit_of(metric: str) -> str:
    """Return the unit that a metric's name has, empty without one."""
    return next((unit for word, unit in UNITS.items() if f"{word}_" in metric or metric.endswith(word)), "")


def filled(rows: Iterable[Row], bins: range, width: int) -> list[Numbers]:
    """Return `width` lists of values, one for each bin, null where there is no row."""
    by_bin = {row[0]: row[1:] for row in rows}
    nothing = (None,) * width
    return [list(column) for column in zip(*(by_bin.get(number, nothing) for number in bins), strict=True)]


def with_gaps(rows: Sequence[Row]) -> tuple[list[datetime], Numbers]:
    """Return times and values as they were measured; where samples are missing is one time whose value is null."""
    times: list[datetime] = []
    values: Numbers = []
    due: datetime | None = None
    for time, interval_s, value in rows:
        if due is not None and time > due:
            times.append(due)
            values.append(None)
        times.append(time)
        values.append(value)
        due = time + timedelta(seconds=interval_s * GAP)
    return times, values


def band(rows: Sequence[Row], times: Sequence[datetime], step_s: int) -> Band | None:
    """Return what was normal at each time, None where nothing is known at all. Rows and times are in order."""
    if not rows:
        return None
    pending = list(reversed(rows))
    current: Row | None = None
    found: list[Sequence[float | None]] = []
    for time in times:
        number = steps.bounds(time, time + timedelta(seconds=1), step_s)[0]
        while pending and pending[-1][0] <= number:
            current = pending.pop()
        counts = current is not None and current[-1] > time
        found.append(current[1:5] if current is not None and counts else _UNKNOWN)
    centre, low, high, limit = (list(column) for column in zip(*found, strict=True)) if found else ([], [], [], [])
    return Band(centre=centre, low=low, high=high, limit=limit)


def spans(rows: Iterable[Row]) -> list[IncidentSpan]:
    """Return incidents made of their latest events."""
    found: list[IncidentSpan] = []
    for incident, severity, opened_at, body in rows:
        said = msgspec.json.decode(body, type=_Said)
        metrics = sorted({symptom.metric for symptom in said.symptoms})
        told = {"incident": incident, "severity": severity, "opened_at": opened_at}
        found.append(IncidentSpan(**told, ended_at=said.ended_at, metrics=metrics))
    return found


class _Symptom(Struct):
    metric: str


class _Said(Struct):
    ended_at: datetime | None = None
    symptoms: list[_Symptom] = []


_BIN = "intDiv(toUnixTimestamp64Micro(time), {step:Int64}) AS bin"
_BASELINES = (
    "SELECT intDiv(toUnixTimestamp64Micro(time), {step:Int64}) AS bin, "
    "avgOrNullIf(centre_, state_ = 'watching'), avgOrNullIf(low_, state_ = 'watching'), "
    "avgOrNullIf(high_, state_ = 'watching'), avgOrNull(limit_), max(until_) FROM ("
    "SELECT time, argMax(until, kafka_offset) AS until_, argMax(centre, kafka_offset) AS centre_, "
    "argMax(low, kafka_offset) AS low_, argMax(high, kafka_offset) AS high_, "
    "argMax(tuple(limit_value), kafka_offset).1 AS limit_, argMax(state, kafka_offset) AS state_ FROM baselines"
)
_BY_BIN = ("GROUP BY bin", "ORDER BY bin")
_UNKNOWN: Any = (None, None, None, None)
