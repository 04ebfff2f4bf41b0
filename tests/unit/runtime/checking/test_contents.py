from datetime import UTC, datetime, timedelta

import pytest

from satark.runtime.checking import contents
from satark.runtime.checking.findings import State
from satark.runtime.deadletter import dead_letter
from satark.runtime.records import Record
from satark.schemas.codec import encode
from satark.schemas.metrics import MetricSample
from satark.schemas.topics import METRICS

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def letter(age: timedelta) -> Record:
    """Return a dead letter."""
    made = dead_letter(Record(METRICS, 0, 1, NOW, None, b"{", ()), ValueError("x"), service="s", now=NOW)
    return Record(made.topic, 0, 0, NOW - age, made.key, made.value, made.headers)


def sample(end: datetime) -> Record:
    """Return a record with a sample of five minutes that ended then."""
    start = end - timedelta(minutes=5)
    event = MetricSample.of(
        entity="wan-link/vco/1/a", kind="wan-link", time=start, interval_s=300, metrics={"loss_pct_rx": 0.0}, labels={}
    )
    encoded = encode(event, source="/test")
    return Record(METRICS, 0, 0, NOW, encoded.key, encoded.value, encoded.headers)


@pytest.mark.parametrize(
    ("count", "newest", "state", "detail"),
    [
        (0, None, State.OK, "none"),
        (3, letter(timedelta(hours=2)), State.WARN, "3, the newest 2.0 h old: ValueError"),
        (3, letter(timedelta(days=4)), State.OK, "3, the newest 4 days old: ValueError"),
        (3, None, State.WARN, "up to 3"),
    ],
)
def test_dead_letters_count_while_they_are_new(count: int, newest: Record | None, state: State, detail: str) -> None:
    """They are kept for a month; what caused those of last week is over."""
    found = contents.letters_found("t.dlq", count, newest, NOW)

    assert (state, detail) == (found.state, found.detail)
    assert ("satark dlq list --topic t.dlq" if state is State.WARN else "") == found.todo


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (None, State.WARN),
        (timedelta(minutes=6), State.OK),
        (timedelta(minutes=25), State.WARN),
        (timedelta(hours=2), State.BAD),
    ],
)
def test_samples_grow_old(age: timedelta | None, state: State) -> None:
    """None at all is a warning: an estate may have just begun."""
    assert state == contents.samples_found(None if age is None else NOW - age, NOW).state


def test_a_sample_is_as_old_as_its_end() -> None:
    """What cannot be decoded tells no time."""
    unusable = Record(METRICS, 0, 0, NOW, None, b"{", ())
    tombstone = Record(METRICS, 0, 0, NOW, b"k", None, ())

    assert NOW == contents.newest_of([sample(NOW - timedelta(hours=1)), sample(NOW), unusable, tombstone])
    assert contents.newest_of([unusable]) is None


@pytest.mark.parametrize(
    ("age", "generators", "state"),
    [
        (None, 0, State.OK),
        (None, 2, State.WARN),
        (timedelta(minutes=1), 2, State.OK),
        (timedelta(hours=3), 2, State.WARN),
        (timedelta(hours=3), 0, State.OK),
    ],
)
def test_uves_are_missed_where_somebody_is_connected(age: timedelta | None, generators: int, state: State) -> None:
    """Nobody who is connected is silent for hours; where nobody is, nothing is missed."""
    assert state == contents.uves_found(None if age is None else NOW - age, generators, NOW).state


def test_no_incident_is_no_fault() -> None:
    """Good links have none."""
    assert State.OK == contents.incidents_found(None, NOW).state


@pytest.mark.parametrize(
    ("ahead_s", "state", "detail"),
    [
        (1, State.OK, "within 5 s"),
        (60, State.WARN, "60 s ahead of this machine's"),
        (-60, State.WARN, "60 s behind this machine's"),
    ],
)
def test_clocks_may_differ_by_seconds(ahead_s: int, state: State, detail: str) -> None:
    """Which of two clocks is wrong is not known."""
    found = contents.clock_found("records", timedelta(seconds=ahead_s))

    assert found is not None
    assert (state, detail) == (found.state, found.detail)


def test_old_records_say_nothing_of_clocks() -> None:
    """Only a record from the future does."""
    old = Record("t", 0, 0, NOW - timedelta(hours=1), None, None, ())

    assert timedelta(0) == contents.ahead_of([old], NOW)
    assert contents.ahead_of([], NOW) is None
    assert contents.clock_found("records", None) is None
