from datetime import UTC, datetime, timedelta

import pytest

from satark.runtime.checking.findings import State
from satark.runtime.checking.readers import Group, Lag, lag_of, reader_found

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
NONE = Lag(0, 0, {})
THREE = Lag(3, 0, {("t", 0): 7})


class TestLag:
    def test_it_is_what_lies_behind_the_committed_offsets(self) -> None:
        """Partitions that are read to their end wait for nothing."""
        lag = lag_of({("t", 0): 7, ("t", 1): 5}, {("t", 0): 0, ("t", 1): 0}, {("t", 0): 10, ("t", 1): 5})

        assert THREE == lag

    def test_what_was_removed_unread_is_lost(self) -> None:
        """Reading goes on at the first that is left."""
        assert Lag(2, 5, {("t", 0): 8}) == lag_of({("t", 0): 3}, {("t", 0): 8}, {("t", 0): 10})

    def test_an_unknown_end_and_no_commit_say_nothing(self) -> None:
        """A deleted topic, or a partition of which nothing was committed."""
        assert NONE == lag_of({("gone", 0): 3, ("t", 0): -1}, {}, {("t", 0): 10})


@pytest.mark.parametrize(
    ("group", "lag", "age", "state", "detail"),
    [
        (Group("Stable", 2), NONE, None, State.OK, "2 members; nothing waits"),
        (Group("Stable", 1), THREE, 60, State.OK, "1 member; 3 records wait, the oldest for 60 s"),
        (Group("Stable", 1), THREE, None, State.OK, "1 member; 3 records wait"),
        (Group("Stable", 1), THREE, 600, State.WARN, "1 member; 3 records wait, the oldest for 10 min"),
        (Group("Stable", 1), THREE, 3600, State.BAD, "1 member; 3 records wait, the oldest for 60 min"),
        (
            Group("Stable", 1),
            Lag(1, 4, {}),
            60,
            State.BAD,
            "1 member; 4 records were removed before they were read; 1 records wait, the oldest for 60 s",
        ),
        (
            Group("PreparingRebalance", 1),
            NONE,
            None,
            State.WARN,
            "1 member, who are just sharing the partitions out; nothing waits",
        ),
        (
            Group("Empty", 0),
            THREE,
            60,
            State.BAD,
            "stopped: nobody is in its group; 3 records wait, the oldest for 60 s",
        ),
        (Group("Dead", 0), NONE, None, State.BAD, "there is no group satark-x: it does not run, or never did"),
        (Group("Hidden", 0), NONE, None, State.UNKNOWN, "our user may not see its group"),
        (None, NONE, None, State.BAD, "there is no group satark-x: it does not run, or never did"),
    ],
)
def test_a_reader_is_judged_by_its_members_and_its_lag(
    group: Group | None, lag: Lag, age: int | None, state: State, detail: str
) -> None:
    """Nobody there, records lost, and late by half an hour are bad; minutes are a warning."""
    found = reader_found("x", group, lag, None if age is None else NOW - timedelta(seconds=age), NOW)

    assert (state, detail) == (found.state, found.detail)
    assert bool(found.todo) == (state is not State.OK)
