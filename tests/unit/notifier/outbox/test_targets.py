"""Who is told when labels decide, and what happens when a target cannot be reached."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent
from satark.notifier.events import Event
from satark.notifier.outbox.notices import Concluded, Deliver, FallBack, Quieted, Reason, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.routing.matchers import parsed
from satark.notifier.routing.model import OPENED, RAISED, RESOLVED, Policy
from satark.notifier.routing.receivers import EmailConfig, Receiver, WebhookConfig
from satark.notifier.routing.tree import Route, RoutingTree
from satark.notifier.telling import Occasion
from satark.runtime.said import Said
from satark.runtime.secret import Secret
from satark.schemas.incidents import Severity
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.outbox.outboxes import NOW, UPDATED, accept, due, later, one, outcome, rules, settle
from tests.unit.notifier.outbox.outboxes import OPENED as FIRST
from tests.unit.notifier.outbox.outboxes import RESOLVED as LAST
from tests.unit.notifier.sayings import silence

NOC, CHIEF, HOOK = "noc@example.net", "chief@example.net", "ops/webhook"
POLICY = Policy(group_wait_s=0.0, tell_on=frozenset({OPENED, RESOLVED}))
RECEIVERS = {
    "noc": Receiver("noc", (EmailConfig(NOC),), fallback="ops"),
    "chief": Receiver("chief", (EmailConfig(CHIEF),)),
    "ops": Receiver("ops", (WebhookConfig(Secret("http://127.0.0.1/")),)),
}
BY_SEVERITY = RoutingTree(
    Route("noc", POLICY, routes=(Route("chief", POLICY, parsed('severity="critical"')),)), RECEIVERS
)
GRAVER = replace(UPDATED, severity=Severity.CRITICAL)


def boxed(routing: RoutingTree = BY_SEVERITY, known: Outcomes | None = None) -> Outbox:
    """Return an outbox that routes."""
    return Outbox(rules(fallback_after_s=100.0), routing, known or Outcomes())


def told(box: Outbox, event: Event, *, known: Outcomes, now: datetime = NOW, by: Delivery | None = None) -> list[str]:
    """Let an event come; return who is told."""
    accept(box, event, now=now, published=now)
    names = []
    while isinstance(action := box.next(now), Deliver):
        for each in box.settle(action.telling, by or Sent("250"), now).settled:
            known.learn(outcome(each, now))
        names.append(action.telling.target.name)
    return names


class TestRouting:
    def test_what_grows_worse_is_news_to_whom_it_reaches_then(self) -> None:
        """Who was told of the warning is told of its end, and so is who was told when it was critical."""
        known = Outcomes()
        box = boxed(known=known)

        assert [NOC] == told(box, FIRST, known=known)
        assert [CHIEF] == told(box, GRAVER, known=known, now=later(60))
        assert [CHIEF, NOC] == sorted(told(box, LAST, known=known, now=later(120)))

    def test_says_that_it_is_the_first_they_hear(self) -> None:
        """An update is a beginning to them."""
        known = Outcomes()
        box = boxed(known=known)
        told(box, FIRST, known=known)
        accept(box, GRAVER)

        assert due(box).aside.is_news

    def test_an_update_is_no_news_to_whom_the_beginning_was_not_to_be_told(self) -> None:
        """It was decided then."""
        known = Outcomes()
        box = boxed(known=known)
        accept(box, FIRST)
        accepted = accept(box, replace(UPDATED, severity=FIRST.severity))

        assert [Reason.NOT_TOLD_ON] == [each.reason for each in accepted.settled]

    def test_a_group_goes_where_its_members_would(self) -> None:
        """Whoever would hear of a member hears of the group; nobody twice."""
        members = [incident(number) for number in range(3)]
        members[1] = replace(members[1], severity=Severity.CRITICAL)
        box = boxed()

        assert [CHIEF, NOC] == sorted(told(box, group(*members), known=Outcomes()))

    def test_another_tree_counts_for_what_comes(self) -> None:
        """What waits goes where it was to go."""
        box = boxed()
        accept(box, FIRST)
        box.reroute(RoutingTree(Route("chief", POLICY), RECEIVERS))
        accept(box, incident(1))

        assert [CHIEF, NOC] == sorted(one(box.next(NOW)).receiver for _ in range(2))


class TestEndpoints:
    TREE = RoutingTree(Route("noc", POLICY, routes=(Route("ops", POLICY, parsed('severity="critical"')),)), RECEIVERS)

    def test_that_is_down_holds_up_no_other(self) -> None:
        """Mails go on while a webhook is paused."""
        box = boxed(self.TREE)
        accept(box, replace(FIRST, severity=Severity.CRITICAL))
        box.settle(due(box).telling, Retry("refused", whole=True), NOW)
        accept(box, incident(1))

        assert NOC == due(box).receiver

    def test_that_is_busy_is_left_out(self) -> None:
        """One message at a time goes by an endpoint."""
        box = boxed(self.TREE)
        accept(box, replace(FIRST, severity=Severity.CRITICAL))
        accept(box, incident(1))

        assert HOOK == one(box.next(NOW, {"email"})).receiver
        assert box.next(NOW, {"email", f"webhook:{HOOK}"}) is None


class TestFallback:
    def failed(self, box: Outbox, by: Delivery, now: datetime = NOW) -> Concluded:
        """Let the attempt that is due fail."""
        return box.settle(due(box, now).telling, by, now)

    def test_is_told_what_was_refused_for_good(self) -> None:
        """It says in whose place, and the record waits for it too."""
        box = boxed()
        accept(box, FIRST)
        concluded = self.failed(box, Permanent("550 no such user"))
        tried = due(box)

        assert ([Reason.PERMANENT], [HOOK]) == (
            [each.reason for each in concluded.settled],
            [each.target.name for each in concluded.instead],
        )
        assert (HOOK, Occasion.FALLBACK, NOC) == (tried.receiver, tried.aside.occasion, tried.aside.instead_of)
        assert concluded.instead[0].record is not None

    def test_is_told_of_what_is_put_off_for_long(self) -> None:
        """Once, when that is over and not at the next attempt; and the first receiver is tried further."""
        box = boxed()
        accept(box, FIRST)
        assert () == self.failed(box, Retry("451")).instead
        assert () == self.failed(box, Retry("451"), later(60)).instead
        assert WaitUntil(later(100)) == box.next(later(99))
        action = box.next(later(100))
        assert isinstance(action, FallBack)

        assert [HOOK] == [each.target.name for each in action.instead]
        assert HOOK == due(box, later(100)).receiver
        assert WaitUntil(later(360)) == box.next(later(100))
        assert () == self.failed(box, Retry("451"), later(360)).instead

    @pytest.mark.parametrize("since", [NOW, later(3_600)], ids=["", "a clock that was ahead"])
    def test_is_told_of_what_hangs_for_long(self, since: datetime) -> None:
        """An attempt that takes longer than that, and fails then, is the last that is waited for."""
        box = boxed()
        accept(box, FIRST, now=since)
        tried = due(box, since)
        assert None is box.next(NOW)

        assert [HOOK] == [each.target.name for each in box.settle(tried.telling, Retry("451"), later(101)).instead]

    def test_is_not_told_of_what_people_do_not_want_to_hear(self) -> None:
        """What is silenced meanwhile is told to nobody."""
        said = Said()
        box = Outbox(rules(fallback_after_s=100.0), BY_SEVERITY, Outcomes(), said)
        accept(box, FIRST)
        self.failed(box, Retry("451"))
        said.take(silence())
        assert isinstance(box.next(later(60)), Quieted)

        assert isinstance(box.next(later(100)), Quieted | WaitUntil)

    def test_has_none_of_its_own(self) -> None:
        """Else two that fall back to each other would never end."""
        receivers = {**RECEIVERS, "ops": Receiver("ops", RECEIVERS["ops"].configs, fallback="noc")}
        box = boxed(RoutingTree(Route("noc", POLICY), receivers))
        accept(box, FIRST)
        self.failed(box, Permanent("550"))

        assert () == self.failed(box, Permanent("404")).instead
        assert len(box) == 0

    def test_is_told_of_the_end_too(self) -> None:
        """Who heard of the beginning hears of the end."""
        known = Outcomes()
        box = boxed(known=known)
        accept(box, FIRST)
        self.failed(box, Permanent("550"))
        settled = settle(box, due(box), Sent("200"), NOW)
        assert settled is not None
        known.learn(outcome(settled, NOW))

        assert HOOK in told(box, LAST, known=known, now=later(60))


class TestRaised:
    TREE = RoutingTree(Route("noc", Policy(group_wait_s=0.0, tell_on=frozenset({OPENED, RAISED, RESOLVED}))), RECEIVERS)

    def test_what_is_graver_than_was_told_is_told(self) -> None:
        """Once: what is as grave afterwards is no news."""
        known = Outcomes()
        box = boxed(self.TREE, known)
        told(box, FIRST, known=known)

        assert [NOC] == told(box, GRAVER, known=known, now=later(60))
        again = replace(GRAVER, sequence=2, id="again")
        assert [] == told(box, again, known=known, now=later(120))

    def test_that_waits_is_not_overtaken_by_what_is_not_told(self) -> None:
        """Else nobody would hear that it became critical."""
        known = Outcomes()
        box = boxed(self.TREE, known)
        told(box, FIRST, known=known)
        accept(box, GRAVER)
        accept(box, replace(UPDATED, sequence=2, id="calmer", severity=FIRST.severity))

        assert GRAVER == due(box).event

    def test_is_not_told_by_who_does_not_want_it(self) -> None:
        """`tell_on` without it."""
        known = Outcomes()
        tree = RoutingTree(Route("noc", POLICY), RECEIVERS)
        box = boxed(tree, known)
        told(box, FIRST, known=known)

        assert [] == told(box, GRAVER, known=known, now=later(60))
