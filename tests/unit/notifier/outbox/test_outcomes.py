from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from satark.notifier.outbox.outcomes import Attempt, Outcomes
from satark.schemas.notifications import Notification, Outcome
from tests.unit.notifier.scenes import ENTITY, WRITTEN


def told(name: str, outcome: Outcome = Outcome.SENT, time: datetime = WRITTEN) -> Notification:
    """Return an outcome."""
    return Notification(
        id=name,
        event="event",
        incident="incident",
        entity=ENTITY,
        channel="email",
        receiver="noc@example.net",
        outcome=outcome,
        time=time,
        attempts=1,
    )


class TestOutcomes:
    @pytest.mark.parametrize(
        ("outcome", "published_after_s", "final"),
        [
            (Outcome.SENT, -60, True),
            (Outcome.SENT, 60, True),
            (Outcome.SUPPRESSED, 60, True),
            (Outcome.ACKNOWLEDGED, 60, True),
            (Outcome.SILENCED, -60, False),
            (Outcome.FAILED, -60, True),
            (Outcome.FAILED, 60, False),
        ],
    )
    def test_a_failure_ends_only_what_came_before_it(
        self, outcome: Outcome, published_after_s: int, final: bool
    ) -> None:
        """A dead letter that is replayed is published anew, and tried anew."""
        outcomes = Outcomes()
        outcomes.learn(told("a", outcome))

        assert final == outcomes.is_final("a", WRITTEN + timedelta(seconds=published_after_s))

    def test_knows_nothing_of_others(self) -> None:
        """An id that was never learnt is open."""
        assert not Outcomes().is_final("a", WRITTEN)

    def test_forgets_the_oldest(self) -> None:
        """Memory is bounded."""
        outcomes = Outcomes(limit=2)
        for name in "abac":
            outcomes.learn(told(name))

        assert [outcomes.is_final(name, WRITTEN) for name in "abc"] == [True, False, True]
        assert len(outcomes) == 2

    def test_forgets_on_demand(self) -> None:
        """A tombstone takes an outcome back."""
        outcomes = Outcomes()
        outcomes.learn(told("a"))
        outcomes.forget("a")
        outcomes.forget("never known")

        assert not outcomes.is_final("a", WRITTEN)

    @pytest.mark.parametrize("outcome", Outcome)
    def test_knows_who_was_told_of_an_incident(self, outcome: Outcome) -> None:
        """Whichever of its events it was, but only what was sent counts, and only for that receiver."""
        outcomes = Outcomes()
        outcomes.learn(told("a", outcome))

        assert (outcome is Outcome.SENT) == outcomes.was_told("incident", "email", "noc@example.net")
        assert not outcomes.was_told("incident", "email", "boss@example.net")
        assert not outcomes.was_told("another", "email", "noc@example.net")

    def test_knows_who_could_not_be_told(self) -> None:
        """Until something of the incident was sent; a later failure takes nothing back."""
        outcomes = Outcomes()
        key = ("incident", "email", "noc@example.net")
        found = []
        for outcome in (Outcome.SUPPRESSED, Outcome.FAILED, Outcome.SENT, Outcome.FAILED):
            outcomes.note(*key, Attempt(outcome, WRITTEN, None))
            found.append((outcomes.has_failed(*key), outcomes.was_told(*key)))

        assert [(False, False), (True, False), (False, True), (False, True)] == found

    def test_forgets_the_oldest_incidents(self) -> None:
        """This memory is bounded too."""
        outcomes = Outcomes(limit=2)
        for name in "abac":
            outcomes.learn(replace(told(name), incident=name))

        assert [outcomes.was_told(name, "email", "noc@example.net") for name in "abc"] == [True, False, True]
