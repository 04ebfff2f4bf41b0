from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from satark.notifier.delivery import Permanent, Retry, Sent
from satark.notifier.outbox import Accepted, Deliver, Notice, Outbox, Reason, Rules, Settled, WaitUntil
from satark.notifier.outcomes import Outcomes
from satark.schemas.incidents import IncidentEvent, IncidentOpened
from satark.schemas.notifications import Notification, Outcome, notification_id
from tests.unit.notifier.scenes import ENTITY, WRITTEN, opened, record, resolved, updated

NOW = WRITTEN
OPENED = opened()
UPDATED = updated(OPENED)
RESOLVED = resolved(OPENED, sequence=2)
OTHER = opened(entity=f"{ENTITY}-other")
ANY = "noc@example.net"
BOSS = "boss@example.net"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def rules(*receivers: str, tell_on: tuple[str, ...] = ("opened", "updated", "resolved")) -> Rules:
    """Return rules with a schedule of 1, 5 and 15 minutes, a horizon of 2 hours and a stale limit of a day."""
    return Rules(
        channel="email",
        receivers=receivers or (ANY,),
        tell_on=frozenset(tell_on),
        retry_after_s=(60.0, 300.0, 900.0),
        retry_horizon_s=7200.0,
        stale_after_s=86_400.0,
        stale_settle_s=60.0,
    )


def outbox(*receivers: str, tell_on: tuple[str, ...] = ("opened", "updated", "resolved")) -> Outbox:
    """Return an empty outbox."""
    return Outbox(rules(*receivers, tell_on=tell_on), Outcomes())


def accept(box: Outbox, event: IncidentEvent, *, now: datetime = NOW, published: datetime = NOW) -> Accepted:
    """Let the outbox take in an event."""
    return box.accept(event, record(event, published_at=published), now)


def due(box: Outbox, now: datetime = NOW) -> Notice:
    """Return the notice that is due."""
    action = box.next(now)
    assert isinstance(action, Deliver)
    return action.notice


def later(seconds: float) -> datetime:
    """Return a time after the beginning."""
    return NOW + timedelta(seconds=seconds)


def outcome(settled: Settled, now: datetime) -> Notification:
    """Return the outcome as it is published."""
    return Notification(
        id=settled.notice.id,
        event=settled.notice.event.id,
        incident=settled.notice.event.incident,
        entity=settled.notice.event.entity,
        channel="email",
        receiver=settled.notice.receiver,
        outcome=settled.outcome,
        time=now,
        attempts=settled.attempts,
    )


def reasons(accepted: Accepted) -> list[tuple[str, Reason]]:
    """Return what was settled and why."""
    return [(type(each.notice.event).__name__, each.reason) for each in accepted.settled]


class TestTelling:
    def test_tells_each_receiver_on_its_own(self) -> None:
        """One refused receiver does not lose the others."""
        box = outbox(ANY, BOSS)
        accepted = accept(box, OPENED)
        first = due(box)
        refused = box.settle(first, Permanent("550 no such user"), NOW)
        second = due(box)
        sent = box.settle(second, Sent("250 OK"), NOW)

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
        box = Outbox(rules(), outcomes)
        accept(box, OPENED)
        settled = box.settle(due(box), Sent(), NOW)
        assert settled is not None
        outcomes.learn(outcome(settled, NOW))
        again = Outbox(rules(), outcomes)

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
        box.settle(due(box), Retry("451"), NOW)
        accept(box, RESOLVED, now=later(1))

        assert WaitUntil(later(60)) == box.next(later(1))
        first = due(box, later(60))
        assert box.next(later(60)) is None
        box.settle(first, Sent(), later(61))
        assert [first.event, due(box, later(61)).event] == [OPENED, RESOLVED]

    def test_another_incident_does_not_wait(self) -> None:
        """Order holds within an incident only."""
        box = outbox()
        accept(box, OPENED)
        box.settle(due(box), Retry("451"), NOW)
        accept(box, OTHER)

        assert due(box).event == OTHER

    def test_skips_an_update_that_was_overtaken(self) -> None:
        """What waited and is no longer true is not told."""
        box = outbox()
        accept(box, OPENED)
        box.settle(due(box), Retry("451"), NOW)
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
            box.settle(due(box, now), Retry("451 later"), now)
            action = box.next(now)
            assert isinstance(action, WaitUntil)
            waits.append((action.time - now).total_seconds())
            now = action.time

        assert waits == [60.0, 300.0, 900.0, 900.0]

    def test_waits_as_long_as_it_is_told_to(self) -> None:
        """A channel may ask for more time."""
        box = outbox()
        accept(box, OPENED)
        box.settle(due(box), Retry("451", after_s=100.0), NOW)

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
            settled = box.settle(action.notice, Retry("451 later"), now)

        assert (settled.reason, settled.outcome) == (Reason.GAVE_UP, Outcome.FAILED)
        assert settled.detail == f"after {settled.attempts} attempts: 451 later"
        assert later(7200 - 900) <= now <= later(7200)
        assert len(box) == 0

    def test_pauses_all_when_the_channel_is_down(self) -> None:
        """A thousand mails do not each wait for a time limit."""
        box = outbox()
        accept(box, OPENED)
        accept(box, OTHER)
        box.settle(due(box), Retry("connection refused", whole=True), NOW)

        assert WaitUntil(later(60)) == box.next(NOW)
        box.settle(due(box, later(60)), Retry("connection refused", whole=True), later(60))
        assert WaitUntil(later(360)) == box.next(later(61))

    def test_goes_on_at_once_when_the_channel_is_back(self) -> None:
        """The first mail that passes ends the pause for all."""
        box = outbox()
        accept(box, OPENED)
        accept(box, OTHER)
        box.settle(due(box), Retry("connection refused", whole=True), NOW)
        box.settle(due(box, later(60)), Sent(), later(60))

        assert isinstance(box.next(later(60)), Deliver)

    def test_tries_others_before_the_one_that_failed(self) -> None:
        """A mail that brings the server down does not bar the way."""
        box = outbox()
        accept(box, OPENED)
        accept(box, OTHER)
        first = due(box)
        box.settle(first, Retry("421", whole=True), NOW)

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
        box = Outbox(rules(), outcomes)
        accept(box, OPENED, now=later(-90_000), published=later(-90_000))
        settled = box.settle(due(box, later(-90_000)), Sent(), later(-90_000))
        assert settled is not None
        outcomes.learn(outcome(settled, NOW))
        accepted = accept(box, RESOLVED, published=later(-88_000))

        assert accepted.settled == ()
        assert due(box, later(60)).event == RESOLVED

    def test_tells_a_fresh_end_of_an_old_incident(self) -> None:
        """The end is news, the beginning is not."""
        box = outbox()
        accept(box, OPENED, published=later(-90_000))
        accepted = accept(box, RESOLVED, published=later(-10))

        assert reasons(accepted) == [("IncidentOpened", Reason.STALE)]
        assert due(box).event == RESOLVED


class TestDropping:
    def test_leaves_the_rest_to_the_next_owner(self) -> None:
        """What waits is forgotten, what is in flight stays until it has landed."""
        box = outbox(ANY, BOSS)
        accepted = accept(box, OPENED)
        flying = due(box)

        assert box.drop(accepted.waiting) == {flying.id}
        assert len(box) == 1
        assert box.settle(flying, Sent(), NOW) is not None
        assert box.drop(accepted.waiting) == frozenset()
        assert len(box) == 0

    def test_abandons_what_cannot_be_rendered(self) -> None:
        """It is a failure with its own reason."""
        box = outbox()
        accept(box, OPENED)

        assert Reason.UNRENDERABLE is box.abandon(due(box), "OverflowError").reason
        assert len(box) == 0


class OutboxMachine(RuleBasedStateMachine):
    """Any order of events, replies and waiting: each mail ends once, in its order, and none is lost."""

    INCIDENTS = tuple(opened(entity=f"link-{i}") for i in range(3))

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.outcomes = Outcomes()
        self.box = Outbox(rules(ANY, BOSS), self.outcomes)
        self.open: dict[str, tuple[str, str]] = {}
        self.failed_at: dict[str, datetime] = {}
        self.over: set[str] = set()

    def end(self, settled: Settled) -> None:
        """Note an outcome; there is only one, unless a failed event was published anew."""
        name = settled.notice.id
        assert name not in self.over
        self.open.pop(name, None)
        self.over.add(name)
        self.failed_at.pop(name, None)
        if settled.outcome is Outcome.FAILED:
            self.failed_at[name] = self.now
        self.outcomes.learn(outcome(settled, self.now))

    @rule(which=st.integers(0, 2), sequence=st.integers(0, 3), age_s=st.sampled_from([0, 100_000]))
    def publish(self, which: int, sequence: int, age_s: int) -> None:
        """An event comes, perhaps again."""
        event = nth(self.INCIDENTS[which], sequence)
        published = self.now - timedelta(seconds=age_s)
        expected = set()
        for receiver in (ANY, BOSS):
            name = notification_id(event.id, "email", receiver)
            if name in self.failed_at and published > self.failed_at[name]:
                self.over.discard(name)
            if name not in self.over and published > self.failed_at.get(name, BEGINNING):
                self.open.setdefault(name, (event.incident, receiver))
                expected.add(name)

        accepted = self.box.accept(event, record(event, published_at=published), self.now)

        assert expected == accepted.waiting
        for settled in accepted.settled:
            self.end(settled)

    @precondition(lambda self: len(self.box) > 0)
    @rule(reply=st.sampled_from([Sent("250"), Permanent("550"), Retry("451"), Retry("down", whole=True)]))
    def deliver(self, reply: Sent | Permanent | Retry) -> None:
        """Time goes on to the next attempt, which has some reply."""
        action = self.box.next(self.now)
        if isinstance(action, WaitUntil):
            assert action.time > self.now
            self.now = action.time
            action = self.box.next(self.now)
        assert isinstance(action, Deliver)
        notice = action.notice
        key = (notice.event.incident, notice.receiver)
        assert notice.id == next(name for name, other in self.open.items() if other == key)

        settled = self.box.settle(notice, reply, self.now)

        assert isinstance(reply, Retry) or settled is not None
        if settled is not None:
            self.end(settled)

    @invariant()
    def loses_nothing(self) -> None:
        """Everything that came is over or waits."""
        assert len(self.open) == len(self.box)


def nth(first: IncidentOpened, sequence: int) -> IncidentEvent:
    """Return an incident's event: opened, two updates, resolved."""
    if sequence == 0:
        return first
    return resolved(first, sequence=3) if sequence == 3 else updated(first, sequence=sequence)


OutboxMachine.TestCase.settings = settings(deadline=None, max_examples=50, stateful_step_count=30)
TestOutboxMachine = OutboxMachine.TestCase
