"""Findings on what topics hold: dead letters, the age of data, and clocks. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from satark.runtime import letters
from satark.runtime.checking.findings import Finding, State, lasting
from satark.runtime.records import Record
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.metrics import MetricSample

LETTERS = "dead letters"
DATA = "data"
FRESH_LETTER = timedelta(days=1)
"""A letter is kept for 30 days; after one day without another its cause is taken to be gone."""

OLD_SAMPLE = timedelta(minutes=20)
"""Four of VeloCloud's intervals of five minutes: as late as its samples come on a slow day."""

TOO_OLD_SAMPLE = timedelta(hours=1)
OLD_UVE = timedelta(hours=1)
SKEW = timedelta(seconds=5)
"""Kafka's records bear the clock of whoever wrote them; one from the future says that two clocks differ."""


def letters_found(topic: str, count: int, newest: Record | None, now: datetime) -> Finding:
    """Return how many dead letters a topic of them holds, and how old the newest is."""
    if not count:
        return Finding(part=LETTERS, what=topic, state=State.OK, detail="none")
    if newest is None:
        return Finding(part=LETTERS, what=topic, state=State.WARN, detail=f"up to {count}", todo=_list(topic))
    age = now - newest.timestamp
    detail = f"{count}, the newest {lasting(age)} old: {letters.printable(letters.reason(newest))[:80]}"
    if age > FRESH_LETTER:
        return Finding(part=LETTERS, what=topic, state=State.OK, detail=detail)
    return Finding(part=LETTERS, what=topic, state=State.WARN, detail=detail, todo=_list(topic))


def event_time(record: Record) -> datetime | None:
    """Return when what an event tells was over: a sample's end, an other's time. None where it tells none."""
    if record.value is None:
        return None
    try:
        event = decode(record.topic, record.value, record.headers)
    except UndecodableEventError:
        return None
    if isinstance(event, MetricSample):
        return event.time + timedelta(seconds=event.interval_s)
    time = getattr(event, "time", None)
    return time if isinstance(time, datetime) else None


def newest_of(records: Iterable[Record]) -> datetime | None:
    """Return the latest time that any of the records tells, None of none."""
    return max((time for record in records if (time := event_time(record)) is not None), default=None)


def samples_found(newest: datetime | None, now: datetime) -> Finding:
    """Return how old the newest sample is."""
    if newest is None:
        return Finding(
            part=DATA, what="samples", state=State.WARN, detail="there are none", todo="docs/how-to/run-it.md#no-data"
        )
    age = now - newest
    state = State.BAD if age > TOO_OLD_SAMPLE else State.WARN if age > OLD_SAMPLE else State.OK
    todo = "" if state is State.OK else "docs/how-to/run-it.md#no-data"
    return Finding(part=DATA, what="samples", state=state, detail=f"the newest ended {lasting(age)} ago", todo=todo)


def uves_found(newest: datetime | None, generators: int, now: datetime) -> Finding:
    """Return how old the newest UVE is; `generators` are connected. Nobody who is connected is silent for hours."""
    if newest is None:
        state, detail = (State.WARN if generators else State.OK), "there are none"
    else:
        late = now - newest > OLD_UVE and generators > 0
        state, detail = (State.WARN if late else State.OK), f"the newest is {lasting(now - newest)} old"
    todo = "" if state is State.OK else "docs/how-to/run-it.md#generators"
    return Finding(part=DATA, what="UVEs", state=state, detail=detail, todo=todo)


def incidents_found(newest: datetime | None, now: datetime) -> Finding:
    """Return when the last incident event was. None is no fault: good links have no incidents."""
    detail = "there are none" if newest is None else f"the newest event is {lasting(now - newest)} old"
    return Finding(part=DATA, what="incidents", state=State.OK, detail=detail)


def clock_found(what: str, ahead: timedelta | None) -> Finding | None:
    """Return how far another clock is ahead of ours (behind if negative), None where nothing was to be compared."""
    if ahead is None:
        return None
    if abs(ahead) <= SKEW:
        return Finding(part="clocks", what=what, state=State.OK, detail=f"within {lasting(SKEW)}")
    direction = "ahead of" if ahead > timedelta(0) else "behind"
    detail = f"{lasting(abs(ahead))} {direction} this machine's"
    return Finding(part="clocks", what=what, state=State.WARN, detail=detail, todo="docs/how-to/run-it.md#clocks")


def ahead_of(records: Iterable[Record], now: datetime) -> timedelta | None:
    """Return how far the newest record's time is in the future; nothing says how far a clock is behind."""
    newest = max((record.timestamp for record in records), default=None)
    return None if newest is None else max(timedelta(0), newest - now)


def _list(topic: str) -> str:
    return f"satark dlq list --topic {topic}"
