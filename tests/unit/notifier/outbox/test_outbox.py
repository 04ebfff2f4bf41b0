from satark.notifier.channels.delivery import Permanent, Retry, Sent, Unrenderable
from satark.notifier.outbox.notices import Accepted, Deliver, Reason, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.schemas.notifications import Outcome
from tests.unit.notifier.outbox.outboxes import (
    ANY,
    BOSS,
    NOW,
    OPENED,
    OTHER,
    RESOLVED,
    UPDATED,
    accept,
    due,
    later,
    one,
    outbox,
    outcome,
    reasons,
    routing,
    rules,
    settle,
)


class TestTelling:
    def test_tells_each_receiver_on_its_own(self) -> None:
        """One refused receiver does not lose the others."""
        box = outbox(ANY, BOSS)
        accepted = accept(box, OPENED)
        first = due(box)
        refused = settle(box, first, Permanent("550 no such user"), NOW)
        second = due(box)
        sent = settle(box, second, Sent("250 OK"), NOW)

        assert accepted.waiting == {first.id, second.id}
        assert {first.receiver, second.receiver} == {ANY, BOSS}
        assert refused is not None
        assert (refused.reason, refused.outcome, refused.attempts) == (Reason.PERMANENT, Outcome.FAILED, 1)
        assert sent is not None
        assert sent.outcome is Outcome.SENT
        assert box.next(NOW) is None

    def test_takes_in_nothing_twice(self) -> None:
        """The same event again, while its mail waits, waits for the same mail."""
        box = outbox()
        first, second = accept(box, OPENED), accept(box, OPENED)

        assert first.waiting == second.waiting
        assert len(box) == 1

    def test_tells_nothing_that_was_told(self) -> None:
        """After a restart the outcomes are known before the first event."""
        outcomes = Outcomes()
        box = Outbox(rules(), routing(), outcomes)
        accept(box, OPENED)
        settled = settle(box, due(box), Sent(), NOW)
        assert settled is not None
        outcomes.learn(outcome(settled, NOW))
        again = Outbox(rules(), routing(), outcomes)

        assert Accepted(frozenset()) == accept(again, OPENED)
        assert again.next(NOW) is None

    def test_tells_only_what_is_asked_for(self) -> None:
        """By default an update is no mail."""
        box = outbox(tell_on=("opened", "resolved"))
        accept(box, OPENED)
        accepted = accept(box, UPDATED)

        assert reasons(accepted) == [("IncidentUpdated", Reason.NOT_TOLD_ON)]
        assert accepted.waiting == {accepted.settled[0].notice.id}
        assert len(box) == 1

    def test_keeps_an_incident_in_order(self) -> None:
        """An end that comes while the beginning waits is told after it, to each receiver."""
        box = outbox()
        accept(box, OPENED)
        settle(box, due(box), Retry("451"), NOW)
        accept(box, RESOLVED, now=later(1))

        assert WaitUntil(later(60)) == box.next(later(1))
        first = due(box, later(60))
        assert box.next(later(60)) is None
        settle(box, first, Sent(), later(61))
        assert [first.event, due(box, later(61)).event] == [OPENED, RESOLVED]

    def test_another_incident_does_not_wait(self) -> None:
        """Order holds within an incident only."""
        box = outbox()
        accept(box, OPENED)
        settle(box, due(box), Retry("451"), NOW)
        accept(box, OTHER)

        assert due(box).event == OTHER

    def test_skips_an_update_that_was_overtaken(self) -> None:
        """What waited and is no longer true is not told."""
        box = outbox()
        accept(box, OPENED)
        settle(box, due(box), Retry("451"), NOW)
        accept(box, UPDATED)
        accepted = accept(box, RESOLVED)

        assert reasons(accepted) == [("IncidentUpdated", Reason.SUPERSEDED)]
        assert len(box) == 2


class TestRetrying:
    def test_waits_longer_each_time(self) -> None:
        """The last delay repeats."""
        box = outbox()
        accept(box, OPENED)
        now, waits = NOW, []
        for _ in range(4):
            settle(box, due(box, now), Retry("451 later"), now)
            action = box.next(now)
            assert isinstance(action, WaitUntil)
            waits.append((action.time - now).total_seconds())
            now = action.time

        assert waits == [60.0, 300.0, 900.0, 900.0]

    def test_waits_as_long_as_it_is_told_to(self) -> None:
        """A channel may ask for more time."""
        box = outbox()
        accept(box, OPENED)
        settle(box, due(box), Retry("451", after_s=100.0), NOW)

        assert WaitUntil(later(100)) == box.next(NOW)

    def test_gives_up_at_the_horizon(self) -> None:
        """And says how often and why."""
        box = outbox()
        accept(box, OPENED)
        now, settled = NOW, None
        while settled is None:
            action = box.next(now)
            if isinstance(action, WaitUntil):
                now = action.time
                continue
            assert isinstance(action, Deliver)
            settled = settle(box, one(action), Retry("451 later"), now)

        assert (settled.reason, settled.outcome) == (Reason.GAVE_UP, Outcome.FAILED)
        assert settled.detail == f"after {settled.attempts} attempts: 451 later"
        assert later(7200 - 900) <= now <= later(7200)
        assert len(box) == 0

    def test_pauses_all_when_the_channel_is_down(self) -> None:
        """A thousand mails do not each wait for a time limit."""
        box = outbox()
        accept(box, OPENED)
        accept(box, OTHER)
        settle(box, due(box), Retry("connection refused", whole=True), NOW)

        assert WaitUntil(later(60)) == box.next(NOW)
        settle(box, due(box, later(60)), Retry("connection refused", whole=True), later(60))
        assert WaitUntil(later(360)) == box.next(later(61))

    def test_goes_on_at_once_when_the_channel_is_back(self) -> None:
        """The first mail that passes ends the pause for all."""
        box = outbox()
        accept(box, OPENED)
        accept(box, OTHER)
        settle(box, due(box), Retry("connection refused", whole=True), NOW)
        settle(box, due(box, later(60)), Sent(), later(60))

        assert isinstance(box.next(later(60)), Deliver)

    def test_tries_others_before_the_one_that_failed(self) -> None:
        """A mail that brings the server down does not bar the way."""
        box = outbox()
        accept(box, OPENED)
        accept(box, OTHER)
        first = due(box)
        settle(box, first, Retry("421", whole=True), NOW)

        assert due(box, later(60)).id != first.id


class TestStaleness:
    def test_does_not_tell_an_old_incident_that_is_over(self) -> None:
        """After days without a notifier nobody wants all of last week."""
        box = outbox()
        old = later(-90_000)
        accept(box, OPENED, published=old)
        accepted = accept(box, RESOLVED, published=later(-88_000))

        assert reasons(accepted) == [("IncidentOpened", Reason.STALE), ("IncidentResolved", Reason.STALE)]
        assert box.next(NOW) is None

    def test_tells_an_old_incident_that_lasts(self) -> None:
        """However late: it is still going on."""
        box = outbox()
        accept(box, OPENED, published=later(-90_000))

        assert WaitUntil(later(60)) == box.next(NOW)
        assert due(box, later(60)).event == OPENED

    def test_tells_the_end_of_what_was_told(self) -> None:
        """A thread does not stay open because the notifier was away when it closed."""
        outcomes = Outcomes()
        box = Outbox(rules(), routing(), outcomes)
        accept(box, OPENED, now=later(-90_000), published=later(-90_000))
        settled = settle(box, due(box, later(-90_000)), Sent(), later(-90_000))
        assert settled is not None
        outcomes.learn(outcome(settled, NOW))
        accepted = accept(box, RESOLVED, published=later(-88_000))

        assert accepted.settled == ()
        assert due(box, later(60)).event == RESOLVED

    def test_keeps_the_end_of_what_was_not_told_to_itself(self) -> None:
        """The beginning was too old to tell; then the end, however fresh, is news to nobody."""
        box = outbox()
        accept(box, OPENED, published=later(-90_000))
        accepted = accept(box, RESOLVED, published=later(-10))

        assert reasons(accepted) == [("IncidentOpened", Reason.STALE), ("IncidentResolved", Reason.NEVER_TOLD)]
        assert box.next(NOW) is None


class TestDropping:
    def test_leaves_the_rest_to_the_next_owner(self) -> None:
        """What waits is forgotten, what is in flight stays until it has landed."""
        box = outbox(ANY, BOSS)
        accepted = accept(box, OPENED)
        flying = due(box)

        assert box.drop(accepted.waiting) == {flying.id}
        assert len(box) == 1
        assert settle(box, flying, Sent(), NOW) is not None
        assert box.drop(accepted.waiting) == frozenset()
        assert len(box) == 0

    def test_abandons_what_cannot_be_rendered(self) -> None:
        """It is a failure with its own reason."""
        box = outbox()
        accept(box, OPENED)

        settled = settle(box, due(box), Unrenderable("OverflowError"), NOW)

        assert settled is not None
        assert settled.reason is Reason.UNRENDERABLE
        assert len(box) == 0
