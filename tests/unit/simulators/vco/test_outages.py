from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.outages import Outage, merged

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTES = st.integers(0, 600)


def at(minute: float) -> datetime:
    """Return a minute after noon."""
    return NOON + timedelta(minutes=minute)


@st.composite
def outages(draw: st.DrawFn) -> Outage:
    """Return an outage of whole minutes, perhaps without an end."""
    begins = draw(MINUTES)
    length = draw(st.none() | st.integers(1, 120))
    return Outage(at(begins), None if length is None else at(begins + length))


class TestMerged:
    def test_touching(self) -> None:
        """Outages that overlap or touch are one; others stay apart; one without an end swallows what follows."""
        found = merged(
            [
                Outage(at(10), at(20)),
                Outage(at(0), at(10)),
                Outage(at(30), at(40)),
                Outage(at(50)),
                Outage(at(60), at(70)),
            ],
            at(0),
            at(100),
        )

        assert [Outage(at(0), at(20)), Outage(at(30), at(40)), Outage(at(50))] == found

    def test_clipped(self) -> None:
        """What ended before the interval or begins after it is left out."""
        assert merged([Outage(at(0), at(1)), Outage(at(50), at(51))], at(2), at(50)) == []

    @settings(deadline=None)
    @given(st.lists(outages(), max_size=8))
    def test_same_moments(self, given_outages: list[Outage]) -> None:
        """Merging changes no moment's answer, and leaves no two outages in touch."""
        found = merged(given_outages, at(0), at(1000))

        for minute in range(0, 730, 7):
            expected = any(one.holds(at(minute)) for one in given_outages)
            assert expected == any(one.holds(at(minute)) for one in found)
        for before, after in pairwise(found):
            assert before.ends is not None
            assert before.ends < after.begins
