from satark.detector.replay.backtest.comparison import Change
from satark.detector.replay.backtest.totals import Watched, by_link, by_week, total
from tests.unit.detector.replay.backtest.episodes import mixed
from tests.unit.detector.replay.links import sample


class TestTotals:
    def test_all_are_counted(self) -> None:
        """The total has what each version tells, and what became of it."""
        row = total(mixed().differences)

        assert (row.running, row.new, row.differing) == (3, 3, 3)
        assert row.changes == {Change.SAME: 1, Change.CHANGED: 1, Change.LOST: 1, Change.GAINED: 1}

    def test_links_with_most_differences_come_first(self) -> None:
        """Rows of links are named by their place and ordered by what differs."""
        rows = by_link(mixed().differences)

        assert [(entity, row.name, row.differing) for entity, row in rows.items()] == [
            ("wan-link/b", "LDN-BR-01 / Broadband B", 2),
            ("wan-link/c", "C", 1),
        ]

    def test_weeks_are_those_of_the_calendar(self) -> None:
        """Incidents are counted in the ISO week of their beginning."""
        assert {name: row.running for name, row in by_week(mixed().differences).items()} == {"2026-W11": 3}


class TestWatched:
    def test_a_rate_is_by_link_and_week(self) -> None:
        """Incidents are told for one link in one week; of nothing there is no rate."""
        watched = Watched()
        for interval in range(2016):
            watched.see(sample(interval))

        assert watched.weeks == 1
        assert watched.a_week(3) == 3
        assert Watched().a_week(3) == 0
