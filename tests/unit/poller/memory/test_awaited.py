"""Awaited: late samples are asked for again, all in their turn, until they are too late."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from satark.poller.memory.awaited import Awaited
from satark.poller.schedule import Rules, Window
from tests.unit.poller.doubles import NOON

RULES = Rules()
STEP = RULES.step
LATE = RULES.late // STEP


def window(number: int) -> Window:
    """Return the window of a sample, counted from noon."""
    return Window(NOON + number * STEP, NOON + (number + 1) * STEP)


class TestAwaited:
    def test_nothing(self) -> None:
        """Where nobody owes anything, nothing is asked for."""
        awaited = Awaited()
        awaited.owe(NOON, [])

        assert awaited.next(NOON + 2 * STEP, RULES) is None
        assert len(awaited) == 0

    def test_not_the_newest(self) -> None:
        """The newest sample was only just asked for; a step later it is asked for again."""
        awaited = Awaited()
        awaited.owe(NOON, ["a"])

        assert awaited.next(NOON + STEP, RULES) is None
        assert awaited.next(NOON + 2 * STEP, RULES) == window(0)

    def test_until_it_came(self) -> None:
        """A sample is asked for until the last of its entities has a value."""
        awaited = Awaited()
        awaited.owe(NOON, ["a", "b"])
        awaited.came(NOON, "a")
        assert len(awaited) == 1
        assert awaited.next(NOON + 2 * STEP, RULES) == window(0)
        awaited.came(NOON, "b")

        assert awaited.next(NOON + 2 * STEP, RULES) is None
        assert len(awaited) == 0

    def test_what_nobody_owed(self) -> None:
        """A value that nobody waited for changes nothing."""
        awaited = Awaited()
        awaited.came(NOON, "a")

        assert len(awaited) == 0

    def test_until_it_is_too_late(self) -> None:
        """After the longest delay its link is silent, not late."""
        awaited = Awaited()
        awaited.owe(NOON, ["a"])

        assert awaited.next(NOON + (LATE + 1) * STEP, RULES) == window(0)
        assert awaited.next(NOON + (LATE + 2) * STEP, RULES) is None
        assert len(awaited) == 0

    def test_in_turn(self) -> None:
        """Several samples are asked for in turn."""
        awaited = Awaited()
        for number in range(3):
            awaited.owe(NOON + number * STEP, ["a"])

        asked = [awaited.next(NOON + 4 * STEP, RULES) for _ in range(6)]

        assert asked == [window(0), window(1), window(2)] * 2

    def test_last_chance(self) -> None:
        """With something new owed at every look, each sample is still asked for when it is as late as it may be."""
        awaited = Awaited()
        asked = []
        for number in range(20):
            awaited.owe(NOON + number * STEP, ["a"])
            asked.append((number, awaited.next(NOON + (number + 1) * STEP, RULES)))

        assert asked[LATE + 1 :] == [(number, window(number - LATE)) for number in range(LATE + 1, 20)]

    @given(st.sets(st.integers(0, LATE - 1), min_size=1), st.integers(1, 30))
    def test_fair(self, owed: set[int], looks: int) -> None:
        """In any number of looks no sample is asked for twice more often than another."""
        awaited = Awaited()
        for number in sorted(owed):
            awaited.owe(NOON + number * STEP, ["a"])
        asked = [awaited.next(NOON + (LATE + 1) * STEP, RULES) for _ in range(looks)]
        counts = [asked.count(window(number)) for number in owed]

        assert sum(counts) == looks
        assert max(counts) - min(counts) <= 1

    @given(
        st.lists(
            st.tuples(st.sampled_from(["owe", "came", "look"]), st.integers(0, 12), st.sampled_from("abc")), max_size=60
        )
    )
    def test_model(self, steps: list[tuple[str, int, str]]) -> None:
        """Only what is owed, not the newest and not too late is asked for; where there is such a sample one is."""
        awaited = Awaited()
        owed: set[tuple[int, str]] = set()
        goal = 1
        for what, number, entity in steps:
            if what == "owe":
                owed.add((number, entity))
                awaited.owe(NOON + number * STEP, [entity])
            elif what == "came":
                owed.discard((number, entity))
                awaited.came(NOON + number * STEP, entity)
            else:
                goal = max(goal, number)
                owed = {one for one in owed if one[0] >= goal - 1 - LATE}
                open_ = {number for number, _ in owed if number < goal - 1}
                asked = awaited.next(NOON + goal * STEP, RULES)
                assert (asked in [window(number) for number in open_]) if open_ else asked is None
                assert len(awaited) == len(owed)

    def test_bounded(self) -> None:
        """What was asked for long ago is not remembered."""
        awaited = Awaited()
        for number in range(500):
            awaited.owe(NOON + number * STEP, ["a"])
            awaited.next(NOON + (number + 1) * STEP, RULES)

        assert len(awaited) == LATE + 1
        assert len(awaited._asked) <= LATE + 1


def test_whole_steps() -> None:
    """The rules of these tests wait for four samples."""
    assert LATE == 4
    assert timedelta(minutes=5) == STEP
