import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.session.levels import (
    HIGH_MARKS,
    LOW_MARKS,
    MIB,
    CloseSpacing,
    level_when_emptier,
    level_when_fuller,
)
from satark.sandesh.types import Level

SIZES = st.integers(0, 80 * MIB)


@pytest.mark.parametrize(
    ("size_bytes", "level"),
    [
        (MIB - 1, Level.INVALID),
        (MIB, Level.SYS_DEBUG),
        (20 * MIB, Level.SYS_ERR),
        (30 * MIB, Level.SYS_EMERG),
        (50 * MIB, Level.SYS_UVE),
        (90 * MIB, Level.SYS_UVE),
    ],
)
def test_a_fuller_queue_sends_less(size_bytes: int, level: Level) -> None:
    """The high marks of clause 4.7."""
    assert level_when_fuller(Level.INVALID, 0, size_bytes) == level


@pytest.mark.parametrize(
    ("size_bytes", "level"),
    [
        (35 * MIB + 1, Level.SYS_UVE),
        (35 * MIB, Level.SYS_EMERG),
        (25 * MIB, Level.SYS_ERR),
        (15 * MIB, Level.SYS_DEBUG),
        (2049, Level.SYS_DEBUG),
        (2048, Level.INVALID),
    ],
)
def test_an_emptier_queue_sends_more(size_bytes: int, level: Level) -> None:
    """The low marks of clause 4.7."""
    assert level_when_emptier(Level.SYS_UVE, 60 * MIB, size_bytes) == level


def test_between_two_marks_nothing_changes() -> None:
    """What began at the high mark ends at the low one."""
    fuller = level_when_fuller(Level.INVALID, 0, 21 * MIB)

    assert level_when_emptier(fuller, 21 * MIB, 16 * MIB) == Level.SYS_ERR
    assert level_when_fuller(fuller, 16 * MIB, 19 * MIB) == Level.SYS_ERR


@given(st.lists(SIZES, max_size=30))
def test_the_level_is_within_what_the_size_allows(sizes: list[int]) -> None:
    """However the size moves, the level is at least as strict as the low marks and at most as strict as the high."""
    level: int = Level.INVALID
    before = 0
    for after in sizes:
        move = level_when_fuller if after > before else level_when_emptier
        level = move(level, before, after)
        before = after

        strictest = min([Level.INVALID, *(mark.level for mark in HIGH_MARKS if mark.size_bytes <= after)])
        reached = [mark.level for mark in LOW_MARKS if after <= mark.size_bytes]
        assert level >= min(Level.SYS_UVE, strictest)
        assert level <= strictest or level in [mark.level for mark in (*HIGH_MARKS, *LOW_MARKS)]
        assert level >= max([Level.SYS_UVE, *reached])


def test_closes_are_spaced() -> None:
    """Not twice within the interval; soon after it doubles up to a minute, then stays, then begins anew."""
    spacing = CloseSpacing()
    intervals = []
    for now_s in (0.0, 15.0, 40.0, 90.0, 160.0, 390.0, 395.0, 1000.0):
        if spacing.allows(now_s):
            spacing = spacing.closed(now_s)
        intervals.append(spacing.interval_s)

    assert intervals == [10, 20, 40, 60, 60, 60, 60, 10]


def test_a_close_within_the_interval_is_suppressed() -> None:
    """The first is always allowed."""
    spacing = CloseSpacing()

    assert spacing.allows(0)
    assert [spacing.closed(0).allows(now_s) for now_s in (9.9, 10)] == [False, True]
