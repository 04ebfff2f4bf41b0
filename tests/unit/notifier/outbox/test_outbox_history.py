"""What the outbox makes of the past."""

import pytest

from satark.notifier.channels.delivery import Permanent, Retry, Sent
from satark.notifier.outbox.notices import Reason
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.schemas.incidents import IncidentEvent
from satark.schemas.notifications import Outcome
from tests.unit.notifier.outbox.outboxes import (
    ANY,
    BOSS,
    NOW,
    OPENED,
    RESOLVED,
    UPDATED,
    accept,
    due,
    later,
    outbox,
    outcome,
    reasons,
    routing,
    rules,
    settle,
)
from tests.unit.notifier.scenes import opened, resolved, still_open, updated


class TestHistory:
    PAST = opened(historical=True)
    LASTS = still_open(PAST)

    @pytest.mark.parametrize("event", [PAST, updated(PAST, historical=True), resolved(PAST, historical=True)])
    def test_is_told_to_nobody(self, event: IncidentEvent) -> None:
        """It is an outcome of its own, for each receiver, and final."""
        box = outbox(ANY, BOSS)
        accepted = accept(box, event)

        assert reasons(accepted) == [(type(event).__name__, Reason.HISTORICAL)] * 2
        assert {Outcome.SUPPRESSED} == {each.outcome for each in accepted.settled}
        assert accepted.waiting == {each.notice.id for each in accepted.settled}
        assert box.next(NOW) is None

    def test_that_lasts_is_told_as_a_beginning(self) -> None:
        """Also by those who do not tell updates."""
        box = outbox(tell_on=("opened", "resolved"))
        accept(box, self.PAST)
        accepted = accept(box, self.LASTS)

        assert accepted.settled == ()
        assert due(box).event == self.LASTS

    def test_that_lasts_is_not_told_by_who_tells_only_ends(self) -> None:
        """It is a beginning in every respect."""
        box = outbox(tell_on=("resolved",))

        assert reasons(accept(box, self.LASTS)) == [("IncidentUpdated", Reason.NOT_TOLD_ON)]

    def test_that_lasts_is_not_overtaken(self) -> None:
        """While its mail waits an update comes, and the end: it is told first all the same, the update is not."""
        box = outbox()
        accept(box, self.LASTS)
        settle(box, due(box), Retry("451"), NOW)
        accept(box, updated(self.PAST, sequence=2), now=later(1))
        accepted = accept(box, resolved(self.PAST, sequence=3), now=later(2))
        first = due(box, later(60))
        settle(box, first, Sent(), later(60))

        assert reasons(accepted) == [("IncidentUpdated", Reason.SUPERSEDED)]
        assert [1, 3] == [first.event.sequence, due(box, later(60)).event.sequence]

    def test_overtakes_nothing(self) -> None:
        """A past change of a told incident does not replace the mail that waits."""
        box = outbox()
        accept(box, OPENED)
        settle(box, due(box), Retry("451"), NOW)
        accept(box, UPDATED, now=later(1))
        accepted = accept(box, updated(OPENED, sequence=2, historical=True), now=later(2))

        assert reasons(accepted) == [("IncidentUpdated", Reason.HISTORICAL)]
        assert len(box) == 2

    def test_the_end_of_what_lasted_is_told_after_a_restart(self) -> None:
        """That something of the incident was told is remembered, whichever event it was."""
        outcomes = Outcomes()
        box = Outbox(rules(), routing(), outcomes)
        accept(box, self.LASTS)
        settled = settle(box, due(box), Sent(), NOW)
        assert settled is not None
        outcomes.learn(outcome(settled, NOW))
        again = Outbox(rules(), routing(), outcomes)
        accepted = accept(again, resolved(self.PAST, sequence=2))

        assert accepted.settled == ()
        assert 2 == due(again).event.sequence

    def test_an_end_alone_is_told_to_nobody(self) -> None:
        """The beginning is not in the topic any more, or was never for people."""
        box = outbox()

        assert reasons(accept(box, RESOLVED)) == [("IncidentResolved", Reason.NEVER_TOLD)]
        assert box.next(NOW) is None

    def test_the_end_shares_the_failure_of_the_beginning(self) -> None:
        """A receiver that could not be told that it began is not told that it is over; a replay tells both."""
        box = outbox(ANY, BOSS)
        accept(box, OPENED)
        refused = due(box)
        settle(box, refused, Permanent("550"), NOW)
        settle(box, due(box), Sent(), NOW)
        accepted = accept(box, RESOLVED)

        assert reasons(accepted) == [("IncidentResolved", Reason.ORPHANED)]
        assert (Outcome.FAILED, refused.receiver) == (
            accepted.settled[0].outcome,
            accepted.settled[0].notice.target.name,
        )
        assert due(box).receiver != refused.receiver

    def test_a_replay_of_the_dead_letters_tells_both(self) -> None:
        """In their order, once the receiver takes mail again."""
        outcomes = Outcomes()
        box = Outbox(rules(), routing(), outcomes)
        accept(box, OPENED)
        settled = settle(box, due(box), Permanent("550"), NOW)
        assert settled is not None
        for each in (settled, *accept(box, RESOLVED).settled):
            outcomes.learn(outcome(each, NOW))
        told = []
        for event in (OPENED, RESOLVED):
            accept(box, event, now=later(60), published=later(60))
            told.append(due(box, later(60)))
            settle(box, told[-1], Sent(), later(60))

        assert [OPENED, RESOLVED] == [notice.event for notice in told]

    def test_the_end_may_come_before_the_outcome_is_written(self) -> None:
        """What the mail server accepted was told, though Kafka does not know it yet."""
        box = outbox()
        accept(box, OPENED)
        settle(box, due(box), Sent(), NOW)

        assert accept(box, RESOLVED).settled == ()
        assert due(box).event == RESOLVED

    def test_who_wants_only_ends_gets_ends(self) -> None:
        """Then nothing was told before, and nothing was to be."""
        box = outbox(tell_on=("resolved",))
        accept(box, OPENED)
        accept(box, RESOLVED)

        assert due(box).event == RESOLVED
