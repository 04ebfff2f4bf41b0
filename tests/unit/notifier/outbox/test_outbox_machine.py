"""The outbox as a state machine."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from satark.notifier.channels.delivery import Permanent, Retry, Sent
from satark.notifier.events import incident_of
from satark.notifier.outbox.notices import Deliver, Settled, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.schemas.incidents import IncidentEvent, IncidentOpened
from satark.schemas.notifications import Outcome, notification_id
from tests.unit.notifier.outbox.outboxes import (
    ANY,
    BOSS,
    NOW,
    one,
    outcome,
    routing,
    rules,
    settle,
)
from tests.unit.notifier.scenes import opened, record, resolved, updated

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class OutboxMachine(RuleBasedStateMachine):
    """Any order of events, replies and waiting: each mail ends once, in its order, and none is lost."""

    INCIDENTS = tuple(opened(entity=f"link-{i}") for i in range(3))

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.outcomes = Outcomes()
        self.box = Outbox(rules(), routing(ANY, BOSS), self.outcomes)
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
        notice = one(action)
        key = (incident_of(notice.event), notice.receiver)
        assert notice.id == next(name for name, other in self.open.items() if other == key)

        settled = settle(self.box, notice, reply, self.now)

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
