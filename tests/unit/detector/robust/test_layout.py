import pytest

from satark.detector.robust import WAN_LINK, Kind, Layout


class TestLayout:
    def test_latencies_come_first(self) -> None:
        """Arrays of latencies are the first rows of those of all series, so another order is refused."""
        with pytest.raises(ValueError, match="latencies come first"):
            Layout((Kind.JITTER, Kind.LATENCY))

    def test_roots_are_neighbours(self) -> None:
        """Roots are taken of one range of rows."""
        with pytest.raises(ValueError, match="neighbours"):
            Layout((Kind.JITTER, Kind.GENERIC, Kind.LOSS))

    def test_groups_are_series_pairs_delay_and_all(self) -> None:
        """What is judged as one follows from the kinds."""
        alone = [(row,) for row in range(6)]

        assert (*alone, (0, 1), (2, 3), (4, 5), (0, 1, 2, 3), (0, 1, 2, 3, 4, 5)) == WAN_LINK.groups
