from hypothesis import given
from hypothesis import strategies as st

from satark.detector.incidents.state import Observation
from satark.detector.seed import window

starts = st.lists(st.integers(0, 10_000), max_size=40)


def _window(*starts: int) -> window.Window:
    return tuple(Observation(start, float(start)) for start in starts)


class TestInsert:
    def test_puts_a_late_observation_in_its_place(self) -> None:
        """A late observation stands between its neighbours in time."""
        grown = window.insert(_window(0, 600), Observation(300, 1.0), keep_s=3600)

        assert [o.start for o in grown] == [0, 300, 600]

    def test_keeps_the_first_of_two_observations_of_one_start(self) -> None:
        """A double changes nothing, even with another value."""
        before = _window(0, 300)

        assert before == window.insert(before, Observation(300, 99.0), keep_s=3600)

    def test_drops_what_is_older_than_it_keeps(self) -> None:
        """Observations further behind the youngest than `keep_s` leave the window."""
        grown = window.insert(_window(0, 300, 600), Observation(900, 1.0), keep_s=600)

        assert [o.start for o in grown] == [300, 600, 900]

    @given(starts, st.integers(1, 5_000))
    def test_is_ordered_distinct_and_bounded_whatever_comes(self, arrivals: list[int], keep_s: int) -> None:
        """Any order of arrival gives an ordered window without doubles that spans at most `keep_s`."""
        result: window.Window = ()
        for arrival in arrivals:
            result = window.insert(result, Observation(arrival, 1.0), keep_s=keep_s)

        kept = [o.start for o in result]
        assert sorted(set(kept)) == kept
        assert not kept or kept[-1] - kept[0] <= keep_s
        assert not arrivals or kept[-1] == max(arrivals)


class TestHistory:
    def test_ends_where_the_present_begins(self) -> None:
        """No observation is in the present and in the history."""
        seen = _window(*range(0, 4200, 300))

        past = window.history(seen, 3900, present_s=300, history_s=3600)
        now = window.present(seen, 3900, present_s=300)

        assert [o.start for o in now] == [3900]
        assert list(range(300, 3900, 300)) == [o.start for o in past][-12:]
        assert not {o.start for o in now} & {o.start for o in past}

    def test_holds_an_hour_of_five_minute_samples(self) -> None:
        """With the defaults the history is the twelve samples before the present one."""
        seen = _window(*range(0, 9000, 300))

        assert len(window.history(seen, 8700, present_s=300, history_s=3600)) == 12

    def test_leaves_out_what_belongs_to_an_incident(self) -> None:
        """Anomalous observations are in no baseline."""
        seen = (Observation(0, 1.0), Observation(300, 9.0, True), Observation(600, 1.0))

        assert [o.start for o in window.history(seen, 900, present_s=300, history_s=3600)] == [0, 600]


class TestReleased:
    def test_marks_the_last_observations_normal(self) -> None:
        """A suspicion that was not confirmed goes back into the history."""
        seen = (Observation(0, 1.0), Observation(300, 9.0, True), Observation(600, 9.0, True))

        assert [o.anomalous for o in window.released(seen, 2)] == [False, False, False]

    def test_changes_nothing_without_a_suspicion(self) -> None:
        """Releasing nothing leaves even anomalous observations as they are."""
        seen = (Observation(300, 9.0, True),)

        assert seen == window.released(seen, 0)
