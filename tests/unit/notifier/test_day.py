from collections import Counter

from bench import notifier
from bench.mails import costs
from bench.mails.receiver import Received, received
from bench.mails.scenes import Scene, demo_day


class TestDemosDay:
    def test_has_few_mails(self) -> None:
        """Fewer than 1.2 messages a true incident, of beginnings, reminders and digests, and one end each."""
        day = demo_day()
        got = received(day)

        assert got.beside_ends() < notifier.MOST_MAILS * day.true
        assert Counter(beginning=1, end=1) == got.messages


class TestBench:
    def test_a_line_names_counts_and_their_share(self) -> None:
        """Reminders count as much as beginnings; ends do not."""
        line = notifier.row(Scene("quiet", 2, ()), Received(Counter(beginning=1, reminder=2, end=1)))

        assert ["quiet", "2", "1", "0", "2", "0", "1", "1.50"] == line.split()

    def test_costs_are_of_all_notices(self) -> None:
        """Nothing stays in the outbox but what waited before."""
        assert (7, 3) == (costs.singles(7, 3).waiting, costs.singles(7, 3).notices)
        assert 12 == costs.storm(12).notices
