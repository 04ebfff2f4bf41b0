"""schedule: windows are aligned, behind the delay, complete and never fresh twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller import schedule
from satark.poller.schedule import Positions, Rules, Window

NOW = datetime(2026, 3, 10, 12, 10, 20, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
RULES = Rules()
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware
RULE_SETS = st.builds(
    Rules,
    interval_s=st.floats(0.5, 3600),
    sample_s=st.sampled_from([60, 300, 900, 3600]),
    data_delay_s=st.floats(0, 3600),
    backfill_s=st.integers(0, 7200),
    max_backfill_s=st.integers(7200, 200_000),
    late_buckets=st.integers(0, 12),
)


def minutes(count: float) -> timedelta:
    """Return a time span."""
    return timedelta(minutes=count)


class TestTarget:
    def test_behind_the_delay(self) -> None:
        """At 12:10:20 everything before 12:00 is complete."""
        assert schedule.target(NOW, RULES) == NOON

    @given(TIMES, RULE_SETS)
    def test_aligned(self, now: datetime, rules: Rules) -> None:
        """The target is a multiple of the sample, behind the delay by less than a sample."""
        goal = schedule.target(now, rules)
        behind_s = (now - goal).total_seconds()

        assert (goal - schedule.EPOCH) % timedelta(seconds=rules.sample_s) == timedelta()
        assert rules.data_delay_s - 1e-5 <= behind_s < rules.data_delay_s + rules.sample_s + 1e-5


class TestPlan:
    def test_next_bucket(self) -> None:
        """The next bucket is read with the late ones before it."""
        reading = schedule.plan(NOON - minutes(5), NOON, NOON - minutes(90), RULES)

        assert reading.windows == (Window(NOON - minutes(15), NOON),)
        assert reading.fresh_from == NOON - minutes(5)
        assert reading.skipped == 0

    def test_nothing_due(self) -> None:
        """Without a new bucket nothing is read, late ones neither."""
        assert schedule.plan(NOON, NOON, NOON - minutes(90), RULES).windows == ()

    def test_known_since(self) -> None:
        """Nothing is read of which it is unknown whether it was published."""
        reading = schedule.plan(NOON - minutes(65), NOON, NOON - minutes(65), RULES)

        assert reading.windows == (Window(NOON - minutes(65), NOON),)

    def test_gap(self) -> None:
        """What is older than the largest backfill is given up and counted."""
        reading = schedule.plan(NOON - minutes(24 * 60 + 25), NOON, NOON - minutes(2000), RULES)

        assert reading.skipped == 5
        assert reading.fresh_from == NOON - minutes(24 * 60)

    def test_chunks(self) -> None:
        """A long backfill is cut into pieces of at most a day."""
        rules = Rules(max_backfill_s=3 * 86_400)
        windows = schedule.plan(NOON - minutes(50 * 60), NOON, NOON - minutes(9000), rules).windows

        assert [w.end - w.start <= timedelta(days=1) for w in windows] == [True] * 3
        assert windows[0].start == NOON - minutes(50 * 60 + 10)
        assert windows[-1].end == NOON

    @given(TIMES, RULE_SETS, st.integers(0, 500), st.integers(0, 100))
    def test_windows_are_contiguous(self, now: datetime, rules: Rules, back: int, known: int) -> None:
        """Windows are aligned, contiguous, not longer than a day, and end at the target."""
        goal = schedule.target(now, rules)
        step = timedelta(seconds=rules.sample_s)
        position = goal - back * step
        reading = schedule.plan(position, goal, position - known * step, rules)

        for one, two in zip(reading.windows, reading.windows[1:], strict=False):
            assert one.end == two.start
        for window in reading.windows:
            assert window.start < window.end
            assert window.end - window.start <= timedelta(days=1)
            assert (window.start - schedule.EPOCH) % step == timedelta()
        assert (reading.windows[-1].end if reading.windows else reading.fresh_from) == goal
        assert reading.fresh_from - position == reading.skipped * step
        if reading.windows:
            assert reading.windows[0].start <= reading.fresh_from
            assert reading.windows[0].start >= min(position, position - known * step)

    @given(
        TIMES,
        RULE_SETS,
        st.lists(
            st.tuples(st.floats(0, 40_000), st.sampled_from(["ok", "failed", "crash before save", "crash after"])),
            max_size=25,
        ),
    )
    def test_every_bucket_is_fresh_once(self, start: datetime, rules: Rules, steps: list[tuple[float, str]]) -> None:
        """Through failures and restarts every bucket is read and is new exactly once, but for counted gaps."""
        now = start
        step = timedelta(seconds=rules.sample_s)
        saved = schedule.first_start(schedule.target(now, rules), rules)
        begin, position = saved, saved
        done: list[datetime] = []
        lost = 0
        for ahead_s, outcome in [*steps, (0.0, "ok")]:
            now += timedelta(seconds=ahead_s)
            goal = schedule.target(now, rules)
            reading = schedule.plan(position, goal, begin, rules)
            if outcome in {"failed", "crash before save"}:
                position = saved
                continue
            lost += reading.skipped
            done += [reading.fresh_from + i * step for i in range((goal - reading.fresh_from) // step)]
            for window in reading.windows:
                position = window.end
            position = max(position, goal)
            saved = position

        assert len(done) == len(set(done))
        assert len(done) + lost == (saved - begin) // step
        assert done == sorted(done)


class TestNextLook:
    def test_waits_for_the_next_bucket(self) -> None:
        """At 12:10:20 the next bucket is due at 12:15:00."""
        assert schedule.next_look_s(NOW, RULES, elapsed_s=20.0) == pytest.approx(260.0)

    def test_interval_is_the_longest(self) -> None:
        """A short interval wins over a bucket that is far."""
        assert schedule.next_look_s(NOW, Rules(interval_s=2), elapsed_s=0.5) == pytest.approx(1.5)

    @given(TIMES, RULE_SETS, st.floats(0, 5000))
    def test_never_negative(self, now: datetime, rules: Rules, elapsed_s: float) -> None:
        """The wait is positive and not longer than the interval."""
        assert 0 < schedule.next_look_s(now, rules, elapsed_s=elapsed_s) <= max(rules.interval_s, 0.05)

    @given(TIMES, RULE_SETS)
    def test_something_is_due_then(self, now: datetime, rules: Rules) -> None:
        """After the wait for a bucket there is one."""
        slow = Rules(interval_s=1e6, sample_s=rules.sample_s, data_delay_s=round(rules.data_delay_s))
        later = now + timedelta(seconds=schedule.next_look_s(now, slow, elapsed_s=0))

        assert schedule.target(later + timedelta(milliseconds=60), slow) > schedule.target(now, slow)


class TestSetBack:
    def test_tolerance(self) -> None:
        """A position in the future means that the clock was set back; a minute is nothing."""
        assert not schedule.is_set_back(NOW + timedelta(seconds=60), NOW)
        assert schedule.is_set_back(NOW + timedelta(seconds=61), NOW)


class TestPositions:
    def test_lowest_counts(self) -> None:
        """The slowest edge decides what was read whole."""
        positions = Positions()
        positions.start("a", NOON - minutes(60))
        positions.start("b", NOON - minutes(60))
        positions.advance("a", NOON)

        assert positions.low(NOON) == NOON - minutes(60)

    def test_never_back(self) -> None:
        """A position does not go back."""
        positions = Positions()
        positions.advance("a", NOON)
        positions.advance("a", NOON - minutes(5))

        assert positions.low(NOON + minutes(5)) == NOON

    def test_removed(self) -> None:
        """What left the inventory holds nothing back."""
        positions = Positions()
        positions.start("gone", NOON - minutes(60))
        positions.start("here", NOON)
        positions.keep_only(["here"])

        assert positions.low(NOON) == NOON

    def test_nothing_to_read(self) -> None:
        """Without any edge everything was read."""
        assert Positions().low(NOON) == NOON
        assert Positions().high() == schedule.EPOCH

    def test_high(self) -> None:
        """The fastest edge tells whether the clock was set back."""
        assert Positions({"a": NOON, "b": NOON - minutes(5)}).high() == NOON
