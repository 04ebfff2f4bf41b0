from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.detector.replay.backtest.comparison import Change, Difference, compared
from satark.detector.replay.backtest.episodes import Episode
from satark.schemas.incidents import Severity
from tests.unit.detector.replay.backtest.episodes import END, episode
from tests.unit.detector.replay.links import at


def changes(running: list[Episode], new: list[Episode]) -> list[Change]:
    """Compare."""
    return [difference.change for difference in compared(running, new, at(END))]


@st.composite
def versions(draw: st.DrawFn) -> list[Episode]:
    """Draw incidents of two links; those of one link do not overlap."""
    found = []
    for entity in ("a", "b"):
        edges = draw(st.lists(st.integers(0, 200), unique=True, max_size=12).map(sorted))
        found += [episode(edges[i], edges[i + 1], entity=entity) for i in range(0, len(edges) - 1, 2)]
    return found


class TestChange:
    def test_equals_are_the_same(self) -> None:
        """What both versions tell alike is the same."""
        assert changes([episode(10, 20)], [episode(10, 20)]) == [Change.SAME]

    def test_what_only_one_tells(self) -> None:
        """What only the running version tells is lost, what only the new one tells is gained, by its link and time."""
        running = [episode(10, 20), episode(10, 20, entity="wan-link/c")]
        new = [episode(30, 40), episode(10, 20, entity="wan-link/d")]

        assert Counter(changes(running, new)) == {Change.LOST: 2, Change.GAINED: 2}

    @pytest.mark.parametrize(
        ("new", "note"),
        [
            (episode(10, 20, told=14), "told 15 min later"),
            (episode(8, 20, told=9), "told 10 min earlier"),
            (episode(10, 20, severity=Severity.WARNING), "warning, was critical"),
            (episode(10, 26), "ended 30 min later"),
            (episode(10, None), "does not end"),
        ],
    )
    def test_what_changed_is_said(self, new: Episode, note: str) -> None:
        """Time of telling, severity and end are compared."""
        (difference,) = compared([episode(10, 20)], [new], at(END))

        assert (difference.change, difference.notes()) == (Change.CHANGED, [note])

    def test_an_end_is_gained(self) -> None:
        """What did not end and does now is told so."""
        (difference,) = compared([episode(10, None)], [episode(10, 20)], at(END))

        assert difference.notes() == ["ends"]

    def test_two_that_last(self) -> None:
        """Two that have no end yet are the same."""
        assert changes([episode(10, None)], [episode(10, None)]) == [Change.SAME]

    def test_how_much_earlier(self) -> None:
        """The gain of time is in seconds; what one version does not tell has none."""
        running, new = episode(10, 20), episode(8, 20, told=9)

        assert Difference(running, new).earlier_s == 600
        assert Difference(running, None).earlier_s == 0

    def test_a_difference_is_of_something(self) -> None:
        """Of nothing there is no difference."""
        with pytest.raises(ValueError, match="nothing"):
            _ = Difference(None, None).either


class TestPairs:
    def test_the_longest_overlap_belongs_together(self) -> None:
        """Where one incident became two, the longer one is its successor, the other is gained."""
        found = compared([episode(10, 50)], [episode(10, 15), episode(20, 50)], at(END))

        assert {(d.change, d.new.began) for d in found if d.new} == {(Change.GAINED, at(10)), (Change.CHANGED, at(20))}
        assert len(found) == 2

    @given(running=versions(), new=versions())
    def test_each_is_counted_once(self, running: list[Episode], new: list[Episode]) -> None:
        """Every incident of either version is in exactly one difference, and partners share time and link."""
        found = compared(running, new, at(END))

        key = Episode.__hash__
        assert sorted(map(key, (d.running for d in found if d.running))) == sorted(map(key, running))
        assert sorted(map(key, (d.new for d in found if d.new))) == sorted(map(key, new))
        for difference in found:
            if difference.running and difference.new:
                assert difference.running.entity == difference.new.entity
                assert difference.running.began <= difference.new.until(at(END))
                assert difference.new.began <= difference.running.until(at(END))

    @given(episodes=versions())
    def test_nothing_differs_from_itself(self, episodes: list[Episode]) -> None:
        """A version compared with itself is all the same."""
        assert set(changes(episodes, list(reversed(episodes)))) <= {Change.SAME}
