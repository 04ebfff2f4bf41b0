"""Attempts as a state machine: digests, fallbacks and restarts, with any replies of the other side."""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent, Unrenderable
from satark.notifier.outbox.notices import Concluded, Deliver, FallBack, Settled, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.progress import Progress
from satark.notifier.routing.model import Policy
from satark.notifier.routing.receivers import EmailConfig, Receiver, WebhookConfig
from satark.notifier.routing.tree import Route, RoutingTree
from satark.runtime.secret import Secret
from satark.schemas.incidents import IncidentEvent, IncidentOpened
from satark.schemas.notifications import Notification, notification_id
from satark.schemas.topics import ANOMALIES
from tests.unit.notifier.outbox.outboxes import ANY, BOSS, NOW, outcome, rules
from tests.unit.notifier.scenes import opened, record, resolved, updated

PLACE = (ANOMALIES, 0)
PAGER = ("webhook", "pager/webhook")
LONGEST = timedelta(seconds=4000)
"""The longest wait that is asked for below; those of the rules are shorter."""

REPLIES: tuple[Delivery, ...] = (
    Sent("250"),
    Permanent("550"),
    Unrenderable("no template"),
    Retry("451"),
    Retry("slow down", after_s=LONGEST.total_seconds()),
    Retry("down", whole=True),
)


def tree(group_by: tuple[str, ...] | None) -> RoutingTree:
    """Return a route to two addresses; a webhook is told instead, and another one instead of that never."""
    noc = Receiver("noc", (EmailConfig(ANY), EmailConfig(BOSS)), fallback="pager")
    pager = Receiver("pager", (WebhookConfig(Secret("https://pager.example.net")),), fallback="noc")
    how = Policy(tell_on=frozenset({"opened", "updated", "resolved"}), group_wait_s=30.0, group_by=group_by)
    return RoutingTree(Route("noc", how), {"noc": noc, "pager": pager})


class RetryMachine(RuleBasedStateMachine):
    """What is refused for good is never tried again, what is put off is never lost, and offsets wait for both."""

    INCIDENTS = tuple(opened(entity=f"link-{number}", labels={"site": f"S{number % 2}"}) for number in range(5))

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.events: list[IncidentEvent] = []
        self.written: list[Notification] = []
        self.open: dict[str, int] = {}
        self.over: set[str] = set()

    @initialize(group_by=st.sampled_from([None, (), ("site",)]))
    def begin(self, group_by: tuple[str, ...] | None) -> None:
        """A notifier starts, by one of three ways to put incidents together."""
        self.way = tree(group_by)
        self.start()

    def start(self) -> None:
        """Begin with what is written, and read again what is not committed."""
        first = self.committed() if self.open else len(self.events)
        outcomes = Outcomes()
        for each in self.written:
            outcomes.learn(each)
        how = rules(digest_above=2, burst=2, per_hour=60.0, fallback_after_s=600.0)
        self.outcomes, self.progress, self.box = outcomes, Progress(), Outbox(how, self.way, outcomes)
        self.progress.assign([PLACE])
        self.open.clear()
        for offset in range(first, len(self.events)):
            self.read(offset)

    def committed(self) -> int:
        """Return up to where all is over, by what waits."""
        return min(self.open.values(), default=len(self.events))

    def read(self, offset: int) -> None:
        """An event is read."""
        event = self.events[offset]
        accepted = self.box.accept(event, record(event, offset=offset, published_at=NOW), self.now)
        self.progress.accept(PLACE, offset, accepted.waiting)
        for name in accepted.waiting:
            assert name not in self.over
            self.open.setdefault(name, offset)
        self.conclude(Concluded(accepted.settled))

    def conclude(self, concluded: Concluded) -> None:
        """Keep what became of notices, as the clerk does."""
        for notice in concluded.instead:
            assert notice.record is not None
            self.progress.add(PLACE, notice.record.offset, notice.id)
            self.open[notice.id] = notice.record.offset
        for settled in concluded.settled:
            self.end(settled)

    def end(self, settled: Settled) -> None:
        """A notice is over, for the first and last time."""
        name = settled.notice.id
        assert name not in self.over
        self.over.add(name)
        del self.open[name]
        self.written.append(outcome(settled, self.now))
        self.outcomes.learn(self.written[-1])
        self.progress.final(name)

    def attempt(self, reply: Delivery) -> None:
        """What is due next is tried when it is due."""
        action = self.box.next(self.now)
        while not isinstance(action, Deliver):
            if isinstance(action, FallBack):
                self.conclude(Concluded(instead=action.instead))
            else:
                assert isinstance(action, WaitUntil)
                assert self.now < action.time <= self.now + LONGEST
                self.now = action.time
            action = self.box.next(self.now)
        tried = {part.id for part in action.telling.parts}
        assert tried <= self.open.keys()
        concluded = self.box.settle(action.telling, reply, self.now)
        if not isinstance(reply, Retry):
            assert tried == {each.notice.id for each in concluded.settled}
        self.conclude(concluded)

    @rule(which=st.integers(0, 4), sequence=st.integers(0, 3))
    def publish(self, which: int, sequence: int) -> None:
        """An event comes, perhaps again."""
        self.events.append(nth(self.INCIDENTS[which], sequence))
        self.read(len(self.events) - 1)

    @precondition(lambda self: len(self.box) > 0)
    @rule(reply=st.sampled_from(REPLIES))
    def deliver(self, reply: Delivery) -> None:
        """The other side replies."""
        self.attempt(reply)

    @rule(seconds=st.integers(1, 2000))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.now += timedelta(seconds=seconds)

    @rule(seconds=st.integers(2, 100_000))
    def set_back(self, seconds: int) -> None:
        """The clock was wrong, and is right now: it is not before the events were written."""
        self.now = max(NOW, self.now - timedelta(seconds=seconds))

    @rule()
    def restart(self) -> None:
        """A crash: whoever comes next knows what is written, and waits for the same.

        What a fallback was to be told, and has heard nothing of, comes again if the receiver that is still tried goes on
        refusing.
        """
        before = dict(self.open)
        self.start()
        for name in before.keys() - self.open.keys() - self.over:
            event = self.events[before[name]]
            assert name == notification_id(event.id, *PAGER)
            assert not self.outcomes.was_told(event.incident, *PAGER)
            assert before[name] in self.open.values()

    @invariant()
    def loses_nothing(self) -> None:
        """What was taken in is over, or waits."""
        assert not hasattr(self, "box") or len(self.open) == len(self.box)

    @invariant()
    def commits_only_what_is_over(self) -> None:
        """Fallbacks too."""
        if self.events:
            position = self.progress.committable().get(PLACE)
            assert position is None or position <= self.committed()

    def teardown(self) -> None:
        """When all is taken all is told."""
        while hasattr(self, "box") and len(self.box):
            self.attempt(Sent("250"))
        assert {} == self.open


def nth(first: IncidentOpened, sequence: int) -> IncidentEvent:
    """Return an incident's event: opened, two updates, resolved."""
    if sequence == 0:
        return first
    return resolved(first, sequence=3) if sequence == 3 else updated(first, sequence=sequence)


RetryMachine.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=30)
TestRetryMachine = RetryMachine.TestCase
