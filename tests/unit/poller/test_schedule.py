"""schedule: windows are aligned, behind the delay, and never longer than asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller import schedule
from satark.poller.schedule import Rules, Window

NOW = datetime(2026, 3, 10, 12, 10, 20, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
RULES = Rules()
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware
RULE_SETS = st.builds(
    Rules,
    interval_s=st.floats(0.5, 3600),
    sample_s=st.sampled_from([60, 300, 900, 3600]),
    data_delay_s=st.floats(0, 3600),
    max_data_delay_s=st.floats(3600, 7200),
    backfill_s=st.integers(0, 7200),
    max_backfill_s=st.integers(7200, 200_000),
)
DELAYS = st.floats(0, 7200)


def minutes(count: float) -> timedelta:
    """Return a time span."""
    return timedelta(minutes=count)


class TestTarget:
    def test_behind_the_delay(self) -> None:
        """At 12:10:20 everything before 12:00 is complete."""
        assert schedule.target(NOW, 600.0, RULES) == NOON

    def test_behind_a_learnt_delay(self) -> None:
        """An orchestrator that needs eleven minutes is asked for a sample less."""
        assert schedule.target(NOW, 660.0, RULES) == NOON - minutes(5)

    @given(TIMES, RULE_SETS, DELAYS)
    def test_aligned(self, now: datetime, rules: Rules, delay_s: float) -> None:
        """The target is a multiple of the sample, behind the delay by less than a sample."""
        goal = schedule.target(now, delay_s, rules)
        behind_s = (now - goal).total_seconds()

        assert (goal - schedule.EPOCH) % timedelta(seconds=rules.sample_s) == timedelta()
        assert delay_s - 1e-5 <= behind_s < delay_s + rules.sample_s + 1e-5


class TestStarts:
    def test_first_start(self) -> None:
        """A first start reads back the configured time, in whole samples."""
        assert schedule.first_start(NOON, RULES) == NOON - minutes(65)
        assert schedule.first_start(NOON, Rules(backfill_s=301)) == NOON - minutes(10)

    def test_oldest_start(self) -> None:
        """An outage is filled up to a day."""
        assert schedule.oldest_start(NOON, RULES) == NOON - minutes(24 * 60)

    @given(TIMES, RULE_SETS)
    def test_aligned(self, now: datetime, rules: Rules) -> None:
        """Both starts are aligned, and at least as far back as configured."""
        goal = schedule.target(now, rules.data_delay_s, rules)
        first, oldest = schedule.first_start(goal, rules), schedule.oldest_start(goal, rules)

        for start, back_s in ((first, rules.backfill_s), (oldest, rules.max_backfill_s)):
            assert (start - schedule.EPOCH) % rules.step == timedelta()
            assert back_s <= (goal - start).total_seconds() < back_s + rules.sample_s


class TestRules:
    def test_late(self) -> None:
        """By default samples may come twenty minutes after the others, which are four."""
        assert RULES.late == minutes(20)
        assert RULES.memory == minutes(85)

    @given(RULE_SETS)
    def test_whole_samples(self, rules: Rules) -> None:
        """What is waited for is a number of whole samples, and remembered longer than that."""
        assert rules.late % rules.step == timedelta()
        assert rules.memory % rules.step == timedelta()
        assert timedelta() <= rules.late <= rules.memory


class TestIsBackfilled:
    def test_boundary(self) -> None:
        """A sample is of the past half an hour after it was due."""
        due = NOON + minutes(5 + 10 + 30)

        assert not schedule.is_backfilled(NOON, due, RULES)
        assert schedule.is_backfilled(NOON, due + timedelta(seconds=1), RULES)

    @given(TIMES, RULE_SETS)
    def test_newest_is_not(self, now: datetime, rules: Rules) -> None:
        """The newest sample that is due is of the present."""
        newest = schedule.target(now, rules.data_delay_s, rules) - rules.step

        assert not schedule.is_backfilled(newest, now, replace(rules, backfilled_after_s=rules.sample_s))


class TestNextLook:
    def test_waits_for_the_next_bucket(self) -> None:
        """At 12:10:20 the next bucket is due at 12:15:00."""
        assert schedule.next_look_s(NOW, 600.0, RULES, elapsed_s=20.0) == pytest.approx(260.0)

    def test_interval_is_the_longest(self) -> None:
        """A short interval wins over a bucket that is far."""
        assert schedule.next_look_s(NOW, 600.0, Rules(interval_s=2), elapsed_s=0.5) == pytest.approx(1.5)

    @given(TIMES, RULE_SETS, DELAYS, st.floats(0, 5000))
    def test_never_negative(self, now: datetime, rules: Rules, delay_s: float, elapsed_s: float) -> None:
        """The wait is positive and not longer than the interval."""
        wait_s = schedule.next_look_s(now, delay_s, rules, elapsed_s=elapsed_s)

        assert 0 < wait_s <= max(rules.interval_s, 0.05)

    @given(TIMES, st.sampled_from([60, 300, 900]), st.integers(0, 7200))
    def test_something_is_due_then(self, now: datetime, sample_s: int, delay_s: int) -> None:
        """After the wait for a bucket there is one."""
        rules = Rules(interval_s=1e6, sample_s=sample_s)
        later = now + timedelta(seconds=schedule.next_look_s(now, delay_s, rules, elapsed_s=0), milliseconds=60)

        assert schedule.target(later, delay_s, rules) > schedule.target(now, delay_s, rules)


class TestSetBack:
    def test_tolerance(self) -> None:
        """A position in the future means that the clock was set back; a minute is nothing."""
        assert not schedule.is_set_back(NOW + timedelta(seconds=60), NOW)
        assert schedule.is_set_back(NOW + timedelta(seconds=61), NOW)


class TestChunks:
    def test_rest(self) -> None:
        """The last chunk is what is left."""
        assert list(schedule.chunks(NOON, NOON + minutes(25), minutes(10))) == [
            Window(NOON, NOON + minutes(10)),
            Window(NOON + minutes(10), NOON + minutes(20)),
            Window(NOON + minutes(20), NOON + minutes(25)),
        ]

    @given(st.integers(-10, 500), st.integers(1, 100))
    def test_contiguous(self, length: int, longest: int) -> None:
        """Chunks follow each other from start to end, none is too long, and none is empty."""
        end = NOON + minutes(length)
        windows = list(schedule.chunks(NOON, end, minutes(longest)))
        edges = [NOON, *(window.end for window in windows)]

        assert [window.start for window in windows] == edges[:-1]
        assert edges[-1] == max(end, NOON)
        assert all(minutes(0) < window.end - window.start <= minutes(longest) for window in windows)
