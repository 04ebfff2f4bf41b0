"""Times of queries."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.commands.times import Span, instant, microseconds, shown, span
from satark.analytics.commands.usage import UsageError

NOW = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
NOW_US = 1_700_000_000_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW_US),
        ("now-10m", NOW_US - 600_000_000),
        ("now+5s", NOW_US + 5_000_000),
        ("now-2d", NOW_US - 172_800_000_000),
        ("1700000000000123", NOW_US + 123),
        ("2023 Nov 14 22:13:20.5", NOW_US + 500_000),
        ("2023-11-14T22:13:20", NOW_US),
        ("2023-11-14", NOW_US - 80_000_000_000),
    ],
)
def test_a_time_is_read_in_each_form_that_people_use(text: str, expected: int) -> None:
    """A time is read in each form that people use."""
    assert expected == instant(text, now=NOW, zone=UTC, what="--start-time")


def test_a_date_without_a_zone_is_of_the_readers_zone() -> None:
    """A date without a zone is of the reader's zone."""
    india = timezone(timedelta(hours=5, minutes=30))

    assert NOW_US == instant("2023-11-15T03:43:20", now=NOW, zone=india, what="--start-time")


@pytest.mark.parametrize("text", ["yesterday", "now-10", "now - 10m", "10m", "1700000000", "now-1w", "2023-13-01", ""])
def test_what_is_no_time_is_refused_and_named(text: str) -> None:
    """What is no time is refused and named."""
    with pytest.raises(UsageError, match="--end-time"):
        instant(text, now=NOW, zone=UTC, what="--end-time")


def test_last_wins_over_start_and_end() -> None:
    """`--last` wins over start and end."""
    assert Span(NOW_US - 60_000_000, NOW_US) == span("now-9d", "now-8d", "1m", now=NOW, zone=UTC)


def test_an_end_before_its_start_is_refused() -> None:
    """An end before its start is refused."""
    with pytest.raises(UsageError, match="before"):
        span("now", "now-1s", None, now=NOW, zone=UTC)


@given(st.integers(0, 10**15), st.integers(0, 10**10), st.integers(1, 10_000))
def test_slices_cover_a_span_once(start_us: int, length_us: int, step_s: int) -> None:
    """Slices cover a span once, without a gap."""
    whole = Span(start_us, start_us + min(length_us, step_s * 50_000_000))

    parts = list(whole.slices(step_s))

    assert (whole.start_us, whole.end_us) == (parts[0].start_us, parts[-1].end_us)
    assert [part.end_us + 1 for part in parts[:-1]] == [part.start_us for part in parts[1:]]


@given(st.integers(0, 10**15), st.integers(0, 10**9))
def test_halves_cover_a_span_once(start_us: int, length_us: int) -> None:
    """Halves cover a span once; a microsecond has none."""
    whole = Span(start_us, start_us + length_us)

    match whole.halves():
        case None:
            assert length_us == 0
        case first, second:
            assert (whole.start_us, whole.end_us) == (first.start_us, second.end_us)
            assert first.end_us + 1 == second.start_us


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_a_time_as_it_is_shown_is_read_as_the_same(moment: datetime) -> None:
    """A time as it is shown is read as the same."""
    text = shown(microseconds(moment), UTC)

    assert microseconds(moment) == instant(text, now=NOW, zone=UTC, what="--start-time")
