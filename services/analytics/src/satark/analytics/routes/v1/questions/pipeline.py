"""What a check found out, and what was given up, as values for people and programs. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct
from prometheus_client import Metric

from satark.analytics.store.retention import Limits, Partition
from satark.analytics.store.tables import Kept
from satark.runtime.checking.findings import Finding, State, worst

GIVEN_UP: Mapping[str, str] = {
    "satark_events_dead_lettered": "set aside as dead letters",
    "satark_gateway_messages_dead_lettered": "messages set aside as dead letters",
    "satark_gateway_messages_dropped": "messages given up",
    "satark_gateway_lines_dead_lettered": "lines set aside as dead letters",
    "satark_gateway_lines_dropped": "lines dropped",
    "satark_analytics_rows_shed": "rows left out since the disk is full",
    "satark_analytics_costs_dropped": "costs of reads and queries not kept",
    "satark_analytics_streams_dropped": "streams ended since their readers were too slow",
    "satark_detector_states_lost": "stored states that could not be read",
}
"""Counters of what is lost or set aside, without `_total`: what each counts, in words."""

MAX_DROPS = 500


class Drop(Struct, frozen=True, kw_only=True):
    """So many were given up by a process since it began, by cause."""

    process: str
    what: str
    cause: dict[str, str]
    count: float


class PipelineTold(Struct, frozen=True, kw_only=True):
    """What a check found out at a time, as `satark check` says it, and what processes gave up.

    `todo` of a finding is a command, or a place in the documentation.
    """

    time: datetime
    state: State
    findings: list[Finding]
    drops: list[Drop]


class ClassTold(Struct, frozen=True, kw_only=True):
    """What the store holds of a class, since when, and its limits; null: none."""

    kept: Kept
    bytes: int
    oldest: datetime | None
    limit_s: float | None
    limit_bytes: int | None


class StoreTold(Struct, frozen=True, kw_only=True):
    """How full the store's fullest disk is, and what is kept by class."""

    used_percent: float
    classes: list[ClassTold]


def told(findings: Iterable[Finding], drops: Iterable[Drop], time: datetime) -> PipelineTold:
    """Return a check as it is told."""
    found = list(findings)
    given_up = sorted(drops, key=lambda drop: -drop.count)[:MAX_DROPS]
    return PipelineTold(time=time, state=worst(each.state for each in found), findings=found, drops=given_up)


def drops(process: str, families: Iterable[Metric]) -> Iterator[Drop]:
    """Yield what a process gave up by its metrics; what never happened is left out."""
    for family in families:
        what = GIVEN_UP.get(family.name)
        for sample in family.samples if what else ():
            if sample.name == f"{family.name}_total" and sample.value > 0:
                yield Drop(process=process, what=what or "", cause=dict(sample.labels), count=sample.value)


def store_told(
    partitions: Iterable[Partition], used_percent: float, oldest: Mapping[Kept, datetime], limits: Mapping[Kept, Limits]
) -> StoreTold:
    """Return what the store holds by class."""
    sizes = dict.fromkeys(Kept, 0)
    for each in partitions:
        sizes[each.kept] += each.bytes
    return StoreTold(
        used_percent=round(used_percent, 1),
        classes=[_class(kept, size, oldest.get(kept), limits.get(kept, Limits())) for kept, size in sizes.items()],
    )


def _class(kept: Kept, size: int, oldest: datetime | None, limits: Limits) -> ClassTold:
    age = limits.age
    return ClassTold(
        kept=kept,
        bytes=size,
        oldest=oldest,
        limit_s=None if age is None else age.total_seconds(),
        limit_bytes=limits.bytes,
    )
