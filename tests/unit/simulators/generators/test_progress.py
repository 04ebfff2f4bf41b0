from collections import Counter
from dataclasses import replace

from satark.simulators.generators.actor import Books
from satark.simulators.generators.estate import Progress
from satark.simulators.generators.hostile import Outcome
from satark.simulators.generators.progress import Pace, progress_line, summary

BEFORE = Progress(4, 10, 9, 0, 0, Books(sent=1000, sent_bytes=2_000_000))
AFTER = Progress(5, 10, 9, 1, 2, Books(sent=4000, sent_bytes=5_000_000, kept=7, dropped=Counter(NoQueue=3)))


class TestProgress:
    def test_line(self) -> None:
        """One line has sessions, messages, their pace, and losses."""
        assert progress_line(AFTER, Pace.between(BEFORE, AFTER, 2.0)) == (
            "tick 5: 9 of 10 sessions (1 cut off on purpose), 4,000 messages sent (1,500 messages/s, 1.50 MB/s), "
            "3 dropped, 2 restarts"
        )

    def test_nobody_cut_off(self) -> None:
        """What is not so is not mentioned."""
        assert "on purpose" not in progress_line(BEFORE, Pace.between(BEFORE, BEFORE, 1.0))

    def test_late(self) -> None:
        """Who asked for more than the machine can do is told."""
        line = progress_line(replace(BEFORE, late_s=12.3), Pace.between(BEFORE, BEFORE, 1.0))

        assert line.endswith(", 12 s late: too much for this machine")

    def test_summary(self) -> None:
        """The end tells causes of losses, and what bad peers came to."""
        lines = summary(AFTER, {"garbage": Outcome(5, 1, 4, 12_000)}).splitlines()

        assert lines == [
            "4,000 messages, 5,000,000 bytes sent by 10 daemons",
            "7 UVEs were told without a session, and went out with the next synchronisation",
            "dropped 3: NoQueue",
            "garbage: 5 connections, 1 refused, 4 ended by the collector, 12,000 bytes",
        ]
