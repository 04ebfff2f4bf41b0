"""Silences, incidents, restarts and time in any order: nobody is left untold, told twice, or told what is silenced."""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from msgspec.structs import replace

from satark.notifier.channels.delivery import Retry, Sent
from satark.notifier.events import RESOLVED, incident_of, state_of
from satark.notifier.outbox.notices import Deliver, Quieted, Settled, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.progress import Progress
from satark.runtime.records import Record
from satark.runtime.said import Said
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.incidents import IncidentEvent, Severity
from satark.schemas.notifications import Notification, Outcome
from satark.schemas.silences import Matcher, Silence, subject_of
from tests.unit.notifier.outbox.outboxes import ANY, NOW, Due, outcome, routing, rules, settle
from tests.unit.notifier.scenes import opened, record, resolved, updated

PLACE = ("satark.anomalies.v1", 0)
LINKS = 3
MATCHERS = (
    *(Matcher(name="entity", pattern=f"link-{number}") for number in range(LINKS)),
    Matcher(name="severity", pattern="warning"),
    Matcher(name="entity", pattern="*"),
)


class SilencesMachine(RuleBasedStateMachine):
    """One partition, one receiver, and a notifier that dies and comes back."""

    @initialize(tell_on=st.sampled_from([("opened",), ("opened", "resolved"), ("opened", "updated", "resolved")]))
    def begin(self, tell_on: tuple[str, ...]) -> None:
        """Start with nothing."""
        self.now = NOW
        self.routing = routing(ANY, tell_on=tell_on)
        self.said = Said()
        self.log: list[Record] = []
        self.events: list[IncidentEvent] = []
        self.present: dict[str, IncidentEvent] = {}
        self.written: list[tuple[Notification, ...]] = []
        self.committed: list[int] = []
        self.shown: dict[str, int] = {}
        self.mails: list[str] = []
        self.told: dict[str, list[str]] = {}
        self.start(0)

    def start(self, offset: int) -> None:
        """Start a notifier that reads what was written, and then the events from an offset on."""
        self.outcomes = Outcomes()
        for batch in self.written:
            for each in batch:
                self.outcomes.learn(each)
        self.box = Outbox(rules(), self.routing, self.outcomes, self.said)
        self.progress = Progress()
        self.progress.assign([PLACE])
        self.position = offset
        for later in range(offset, len(self.log)):
            self.read(later)

    def read(self, offset: int) -> None:
        """Let the notifier take in an event."""
        accepted = self.box.accept(self.events[offset], self.log[offset], self.now)
        self.progress.accept(PLACE, offset, accepted.waiting)
        self.write(accepted.settled)

    def write(self, settled: tuple[Settled, ...]) -> None:
        """Write outcomes, as the ledger does."""
        self.committed.append(self.safe())
        self.written.append(tuple(outcome(each, self.now) for each in settled))
        for told in self.written[-1]:
            self.outcomes.learn(told)
        for each in settled:
            if each.is_over:
                self.progress.final(each.notice.id)

    def safe(self) -> int:
        """Return the offset that a restart goes on from."""
        self.position = self.progress.committable().get(PLACE, self.position)
        return self.position

    @rule(link=st.integers(0, LINKS - 1), change=st.sampled_from(["worse", "better", "over"]))
    def publish(self, link: int, change: str) -> None:
        """An incident opens, or the link's open one changes or ends."""
        before = self.present.get(f"link-{link}")
        event = self.following(link, before, change)
        self.present[event.entity] = event
        self.events.append(event)
        self.log.append(record(event, offset=len(self.log), published_at=self.now))
        self.read(len(self.log) - 1)

    def following(self, link: int, before: IncidentEvent | None, change: str) -> IncidentEvent:
        """Return the next event of a link."""
        severity = Severity.CRITICAL if change == "worse" else Severity.WARNING
        if before is None or state_of(before) == RESOLVED:
            first, name = opened(entity=f"link-{link}", severity=severity), f"incident-{len(self.log)}"
            return replace(first, incident=name, id=f"{name}-0")
        base, sequence = opened(entity=f"link-{link}"), before.sequence + 1
        made = resolved(base, sequence=sequence) if change == "over" else updated(base, sequence=sequence)
        return replace(made, incident=before.incident, id=f"{before.incident}-{sequence}", severity=severity)

    @rule(matcher=st.sampled_from(MATCHERS), from_s=st.sampled_from([0, 300]), length_s=st.sampled_from([60, 900]))
    def silence(self, matcher: Matcher, from_s: int, length_s: int) -> None:
        """Somebody wants to hear nothing of something for a while."""
        starts = self.now + timedelta(seconds=from_s)
        ends = starts + timedelta(seconds=length_s)
        self.said.take(Silence.of(matchers=[matcher], starts=starts, ends=ends, time=self.now, by="asha"))
        self.box.reconsider(self.now)

    @rule(which=st.integers(0, 3))
    def end(self, which: int) -> None:
        """Somebody ends a silence before its time."""
        for each in self.said.silences.every()[which : which + 1]:
            self.said.take(each.ended(time=self.now, by="ben"))
        self.box.reconsider(self.now)

    @rule(link=st.integers(0, LINKS - 1))
    def acknowledge(self, link: int) -> None:
        """Somebody has seen an incident."""
        event = self.present.get(f"link-{link}")
        if event is not None:
            word = Acknowledgement.of(incident=event.incident, entity=event.entity, time=self.now, by="asha")
            self.said.take(word)

    @rule(seconds=st.sampled_from([1, 59, 61, 400]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    @rule()
    def work_on(self) -> None:
        """The notifier does all that is due."""
        for _ in range(LINKS):
            self.act(Sent("250"))

    @rule(reply=st.sampled_from([Sent("250"), Sent("250"), Retry("451"), Retry("down", whole=True)]))
    def work(self, reply: Sent | Retry) -> None:
        """The notifier does what is due."""
        self.act(reply)

    @rule(lost=st.sets(st.integers(0, 3)))
    def restart(self, lost: set[int]) -> None:
        """The notifier dies, perhaps while it writes its last decisions, and another begins."""
        offset = self.safe()
        if self.written and all(each.outcome is not Outcome.SENT for each in self.written[-1]):
            self.written[-1] = tuple(each for n, each in enumerate(self.written[-1]) if n not in lost)
            offset = min(offset, self.committed[-1])
        self.start(offset)

    def act(self, reply: Sent | Retry) -> datetime | None:
        """Do what is due; return until when there is nothing to do."""
        while isinstance(action := self.box.next(self.now), Quieted):
            self.write(action.settled)
        match action:
            case Deliver(telling):
                tried = Due(telling)
                event, aside = tried.event, tried.aside
                incident = incident_of(event)
                told = self.told.setdefault(incident, [])
                assert aside.is_news is (aside.latest is not None and not told)
                assert aside.latest is None or not self.is_over(incident)
                assert event.sequence > self.shown.get(incident, -1)
                if state_of(event) == RESOLVED:
                    assert told
                else:
                    assert not self.silences(self.latest(incident))
                settled = settle(self.box, tried, reply, self.now)
                if settled is not None:
                    assert tried.id not in self.mails
                    self.mails.append(tried.id)
                    told.append(state_of(event))
                    self.shown[incident] = (aside.latest or event).sequence
                    self.write((settled,))
                return self.now
            case WaitUntil(time):
                return time
            case _:
                assert action is None
                return None

    def latest(self, incident: str) -> IncidentEvent:
        """Return an incident as it was told last while it lasted."""
        return [each for each in self.events if each.incident == incident and state_of(each) != RESOLVED][-1]

    def is_over(self, incident: str) -> bool:
        """Return whether an incident has ended."""
        return any(each.incident == incident and state_of(each) == RESOLVED for each in self.events)

    def silences(self, event: IncidentEvent) -> list[Silence]:
        """Return what silences an event now."""
        return self.said.silences_of(subject_of(event), self.now)

    def teardown(self) -> None:
        """Whoever has time hears of all that is open and not silenced; and when no silence is left, of all that is open."""
        if not hasattr(self, "now"):
            return
        for horizon in (self.now + timedelta(hours=1), self.now + timedelta(hours=3)):
            while (time := self.act(Sent("250"))) is not None and time <= horizon:
                self.now = max(self.now, time)
            self.now = horizon
        assert self.act(Sent("250")) is None
        untold = [
            event.incident
            for event in self.present.values()
            if state_of(event) != RESOLVED and not self.silences(event) and not self.told.get(event.incident)
        ]
        assert untold == []
        assert len(self.box) == 0
        for states in self.told.values():
            assert states.count("opened") <= 1
            assert RESOLVED not in states[:-1]


SilencesMachine.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
TestSilencesMachine = SilencesMachine.TestCase
