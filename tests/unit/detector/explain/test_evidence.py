import pytest
from msgspec.structs import replace

from satark.detector.explain import evidence
from satark.detector.explain.words import Clock
from satark.schemas.incidents import Cause
from tests.unit.detector.explain.incidents import LINK, opened, resolved, symptom

CLOCK = Clock()


def row(**changes: object) -> dict[str, str]:
    """Return a symptom's cells by column."""
    told = replace(symptom(), **changes)
    return dict(zip(evidence.COLUMNS, evidence.cells(told, opened(LINK, told), CLOCK), strict=True))


class TestCells:
    def test_every_column_has_its_cell(self) -> None:
        """A row has what was seen, the normal with its window, the limit, the distance and the cause."""
        assert row() == {
            "metric": "download latency (ms)",
            "state": "bad since 12:00",
            "seen": "88",
            "centre": "21",
            "spread": "1.25",
            "floor": "5",
            "limit": "31",
            "distance": "12.4 x",
            "n": "12",
            "window": "1 h (11:00 to 12:00)",
            "too much for": "the mean before",
        }

    def test_what_is_over_says_since_when(self) -> None:
        """A metric that recovered says when."""
        assert row(active=False)["state"] == "well since 12:00"

    @pytest.mark.parametrize("cause", Cause)
    def test_every_cause_has_words(self, cause: Cause) -> None:
        """What a value is too much for is told in words."""
        assert evidence.cause(replace(symptom(), cause=cause))

    def test_events_of_the_first_days(self) -> None:
        """Events that do not name a cause are told by their baseline."""
        assert evidence.cause(symptom(cause=None)) == "the mean before"
        assert evidence.cause(symptom(cause=None, n=0)) == "an absolute limit"


class TestHeadline:
    def test_it_says_all_at_once(self) -> None:
        """Flapping and history are told beside time, reason, severity, method and rules."""
        event = replace(opened(rules=("a", "b"), historical=True), flapping=True)

        assert evidence.headline(event, CLOCK) == (
            "#0  2026-03-10 12:00 UTC  opened: first symptom  critical  method seed  rules a, b  flapping"
            "  for the record, nobody was told"
        )

    def test_the_kind_is_the_tag(self) -> None:
        """An event says which it is."""
        assert [evidence.kind(event) for event in (opened(), resolved(opened()))] == ["opened", "resolved"]
