from datetime import UTC, timedelta, timezone
from xml.etree import ElementTree as ET

import pytest

from satark.detector.explain.words import Clock
from satark.detector.replay.backtest import drawing, page
from satark.detector.replay.backtest.axis import Axis
from satark.schemas.incidents import Severity
from tests.unit.detector.replay.backtest.episodes import episode, mixed, report
from tests.unit.detector.replay.links import MIDNIGHT, at

CLOCK = Clock(UTC)
SVG = "{http://www.w3.org/2000/svg}"


def bars(text: str) -> list[str]:
    """Return the classes of a drawing's bars."""
    drawn = ET.fromstring(text)  # noqa: S314 - our own
    return [group[1].attrib["class"] for group in drawn.iter(f"{SVG}g")]


class TestAxis:
    def test_instants_lie_on_it(self) -> None:
        """The ends are the ends, and nothing lies outside."""
        axis = Axis(at(0), at(10), 100, 500)

        assert [axis.x(at(i)) for i in (-5, 0, 5, 10, 99)] == [100, 100, 350, 600, 600]

    def test_a_moment_is_an_axis_too(self) -> None:
        """One instant alone does not divide by nothing."""
        assert Axis(at(0), at(0), 100, 500).x(at(0)) == 100

    @pytest.mark.parametrize(
        ("days", "count", "first"), [(0.25, 7, "Tue 10 Mar"), (7, 8, "Tue 10 Mar"), (365, 7, "Tue 10 Mar")]
    )
    def test_ticks_are_few_and_round(self, days: float, count: int, first: str) -> None:
        """Hours, days or weeks are named, whatever suits the length."""
        axis = Axis(MIDNIGHT, MIDNIGHT + timedelta(days=days), 0, 1000)

        names = [name for _, name in axis.ticks(CLOCK)]
        assert (len(names), names[0]) == (count, first)

    def test_midnight_is_that_of_the_zone(self) -> None:
        """Days begin where the reader's do."""
        axis = Axis(MIDNIGHT, MIDNIGHT + timedelta(days=2), 0, 1000)
        kolkata = Clock(timezone(timedelta(hours=5, minutes=30)))

        x, name = next(tick for tick in axis.ticks(kolkata) if tick[1].startswith("Wed"))
        assert (x, name) == (axis.x(MIDNIGHT + timedelta(hours=18, minutes=30)), "Wed 11 Mar")


class TestDrawing:
    def test_every_incident_has_its_bar(self) -> None:
        """Both versions' incidents are drawn, each in the colour of what became of it."""
        found = mixed()

        drawn = bars(drawing.svg(found, drawing.lanes(found), CLOCK))
        assert sorted(drawn) == ["changed", "changed", "gained", "lost", "same", "same"]

    def test_a_warning_is_paler(self) -> None:
        """A warning is told apart from what is critical."""
        found = report([episode(1, 5, severity=Severity.WARNING)], [])

        assert bars(drawing.svg(found, drawing.lanes(found), CLOCK)) == ["lost warning"]

    def test_a_bar_says_what_it_is(self) -> None:
        """Who points at a bar reads when, how bad, which metrics and what is different."""
        (difference,) = report([episode(300, 330)], [episode(310, None, told=315)]).differences

        assert drawing.caption(episode(310, None, told=315), difference, CLOCK).splitlines() == [
            "changed: critical from 2026-03-11 01:50 UTC",
            "told 1 h 10 min later",
            "does not end",
            "told 2026-03-11 02:15 UTC, not ended",
            "download latency",
            "incident wan-link/b-310",
        ]

    def test_alone_it_has_all_it_needs(self) -> None:
        """A file of its own has style, ground, and says what is drawn; names cannot break it."""
        found = report([episode(1, 2, place="<Link> & " + "x" * 50)], [], name="<new>.yaml")

        text = drawing.svg(found, drawing.lanes(found), CLOCK, alone=True)
        drawn = ET.fromstring(text)  # noqa: S314 - our own
        words = [element.text for element in drawn.iter(f"{SVG}text")]
        assert "new: <new>.yaml; running: the built-in rules (robust)" in words
        assert any(word and word.startswith("<Link> & xxx") and word.endswith("…") for word in words)
        assert "prefers-color-scheme: dark" in text

    def test_lanes_are_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of too many links those with the most differences are drawn."""
        monkeypatch.setattr(drawing, "MAX_LANES", 1)

        assert [lane.entity for lane in drawing.lanes(mixed())] == ["wan-link/b"]


class TestPage:
    def test_it_needs_nothing_from_outside(self) -> None:
        """The page is one file: no script, no link, no image."""
        text = page.page(mixed(), CLOCK)

        assert text.startswith("<!doctype html>")
        assert not any(word in text for word in ("<script", "<link", "src=", "@import", "url("))

    def test_all_totals_are_there(self) -> None:
        """Counts, rates, weeks and what differs are told."""
        text = page.page(mixed(), CLOCK)

        assert "<b>3</b>incidents, running rules" in text
        assert "1.5 for a link in a week" in text
        assert "<td>2026-W11</td>" in text
        assert "told 1 h 10 min later" in text
        assert "0 of 2 links had no incident in either version." in text

    def test_names_are_escaped(self) -> None:
        """What an orchestrator calls its links is text."""
        found = report([episode(1, 2, place="<script>alert(1)</script>")], [], name="<b>")

        assert "<script" not in page.page(found, CLOCK)

    def test_no_difference_is_said(self) -> None:
        """Where both tell the same the page says so."""
        text = page.page(report([episode(1, 2)], [episode(1, 2)]), CLOCK)

        assert "Nothing: both versions tell the same." in text

    def test_it_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Beyond what anybody reads the rest is counted."""
        monkeypatch.setattr(page, "MAX_ROWS", 1)
        monkeypatch.setattr(drawing, "MAX_LANES", 1)

        text = page.page(mixed(), CLOCK)
        assert "and 2 more" in text
        assert "1 more links with incidents have no lane." in text
