"""Which normals are shown, and how."""

import io
from collections.abc import Iterable

from rich.console import Console

from satark.detector.explain.words import Clock
from satark.detector.normals import screen
from satark.detector.normals.selection import Latest
from satark.schemas.baselines import BaselineState, EntityBaseline
from tests.unit.detector.normals.links import baseline, sample


def latest(told: Iterable[EntityBaseline], text: str = "", *, learning: bool = False) -> list[EntityBaseline]:
    """Return what a person means of what was told."""
    found = Latest(text, learning)
    found.add(told)
    return list(found.found())


TOLD = [
    baseline(sample(6, 2)),
    baseline(sample(0, 1), BaselineState.LEARNING),
    baseline(sample(6, 1)),
    baseline(sample(0, 2)),
    baseline(sample(6, 3), BaselineState.LEARNING),
]


class TestLatest:
    def test_the_latest_of_each_counts(self) -> None:
        """In the order of their names, however late an older one was told."""
        assert [TOLD[2], TOLD[0], TOLD[4]] == latest(TOLD)

    def test_a_part_of_a_name_or_key_is_enough(self) -> None:
        """In any case of letters."""
        assert [TOLD[0]] == latest(TOLD, "pune-2 / broad")
        assert [TOLD[4]] == latest(TOLD, "LINK-3")
        assert [] == latest(TOLD, "link-4")

    def test_those_that_learn(self) -> None:
        """A link that was learnt meanwhile is not among them."""
        assert [TOLD[4]] == latest(TOLD, learning=True)


class TestShow:
    def test_a_line_says_what_is_normal_and_what_is_wanted(self) -> None:
        """Link, metric, state, centre, band and limit; of a metric that is learnt the limit and what is missing."""
        out = io.StringIO()
        screen.show(Console(file=out, width=140), latest(TOLD), Clock())

        lines = [" ".join(line.split()) for line in out.getvalue().splitlines()]
        assert "link metric state centre low high limit samples" == lines[0]
        assert "PUNE-1 / Broadband B download latency (ms) watching 20 17.5 22.2 24 576" in lines
        assert "download loss (%) learning - - - 5 12 24 samples more" in lines
        assert "3 entities, 1 learning; from 2026-03-09 00:30 UTC to 01:00" == lines[-1]
