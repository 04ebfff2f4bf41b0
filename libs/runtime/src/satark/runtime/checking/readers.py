"""Findings on consumer groups: who reads, and how far behind. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from satark.runtime.checking.findings import Finding, State, lasting

PART = "readers"
PREFIX = "satark-"
SERVICES = ("poller", "detector", "notifier", "analytics")
"""Those that read as a group, which is `satark-` and the name that the topic table has for them."""

LATE = timedelta(minutes=5)
"""Longer than a rebalance and a restart take; a mail that is so late is noticed."""

TOO_LATE = timedelta(minutes=30)
STABLE = "Stable"
GONE = "Dead"
HIDDEN = "Hidden"
"""No state of Kafka's: our user may not see the group."""

Position = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group as its coordinator has it; `committed` is the next offset to read by topic and partition."""

    state: str
    members: int
    committed: Mapping[Position, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a group is behind. `waiting` has the next offset of each partition that holds unread records.

    `lost` counts records that were removed before the group had read them.
    """

    records: int
    lost: int
    waiting: Mapping[Position, int]


def lag_of(committed: Mapping[Position, int], begins: Mapping[Position, int], ends: Mapping[Position, int]) -> Lag:
    """Return the lag of committed offsets behind the ends; partitions whose end is not known are left out."""
    records, lost, waiting = 0, 0, {}
    for position, offset in committed.items():
        if offset < 0 or position not in ends:
            continue
        begin = begins.get(position, 0)
        start = max(offset, begin)
        lost += max(0, begin - offset)
        if ends[position] > start:
            records += ends[position] - start
            waiting[position] = start
    return Lag(records, lost, waiting)


def reader_found(service: str, group: Group | None, lag: Lag, oldest: datetime | None, now: datetime) -> Finding:
    """Return how a service reads. `oldest` is the time of the oldest record that waits for it, if that is known."""
    state, detail = _judged(service, group, lag, oldest, now)
    todo = (
        ""
        if state is State.OK
        else f"docs/how-to/run-it.md#{'lag' if group and group.members else 'a-service-is-away'}"
    )
    return Finding(part=PART, what=service, state=state, detail=detail, todo=todo)


def _judged(service: str, group: Group | None, lag: Lag, oldest: datetime | None, now: datetime) -> tuple[State, str]:
    behind = _behind(lag, oldest, now)
    if group is None or group.state == GONE:
        return State.BAD, f"there is no group {PREFIX}{service}: it does not run, or never did"
    if group.state == HIDDEN:
        return State.UNKNOWN, "our user may not see its group"
    if group.members == 0:
        return State.BAD, f"stopped: nobody is in its group; {behind}"
    who = f"{group.members} {'member' if group.members == 1 else 'members'}"
    if lag.lost:
        return State.BAD, f"{who}; {lag.lost} records were removed before they were read; {behind}"
    age = timedelta(0) if oldest is None or not lag.records else now - oldest
    if group.state != STABLE and age <= TOO_LATE:
        return State.WARN, f"{who}, who are just sharing the partitions out; {behind}"
    return _by_age(age), f"{who}; {behind}"


def _by_age(age: timedelta) -> State:
    return State.BAD if age > TOO_LATE else State.WARN if age > LATE else State.OK


def _behind(lag: Lag, oldest: datetime | None, now: datetime) -> str:
    if not lag.records:
        return "nothing waits"
    since = "" if oldest is None else f", the oldest for {lasting(now - oldest)}"
    return f"{lag.records} records wait{since}"
