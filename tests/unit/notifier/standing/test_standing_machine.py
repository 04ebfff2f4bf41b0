"""Events, messages, restarts and rebalances in any order: who is to be reminded is, and nobody else."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from satark.notifier.events import incident_of, is_historical
from satark.notifier.standing.agenda import Agenda
from satark.notifier.standing.due import FollowUp
from satark.notifier.standing.standing import Change, Over, Position, Standing
from satark.notifier.telling import Occasion
from satark.runtime.said import Said
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.incidents import IncidentEvent, IncidentResolved
from satark.schemas.open_incidents import OpenIncident
from tests.unit.notifier.scenes import NOON, opened, resolved, updated
from tests.unit.notifier.standing.standings import ELSEWHERE, HOUR_S, PLACE, link, record, target, tree

PLACES = (PLACE, ELSEWHERE)
LINKS = 4
WHICH = st.integers(0, 1)
NUMBER = st.integers(0, LINKS - 1)
STEPS = st.one_of(
    st.tuples(st.just("publish"), NUMBER, st.sampled_from(["worse", "over", "over"]), st.integers(0, 3).map(bool)),
    st.tuples(st.just("begin_and_tell"), NUMBER),
    st.tuples(st.just("read"), st.sampled_from(PLACES), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("tell"), NUMBER),
    st.tuples(st.just("acknowledge"), NUMBER),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 600.0, 901.0, HOUR_S, 3 * HOUR_S])),
    st.tuples(st.just("work"), WHICH, st.booleans()),
    st.tuples(st.sampled_from(["keep_in_hand", "die", "restart"]), WHICH),
    st.tuples(st.just("rebalance"), st.tuples(WHICH, WHICH)),
    st.tuples(st.just("hear_late"), WHICH, st.integers(0, 99)),
)
"""What may happen. One rule for all: of many rules Hypothesis tries few at a time, and without a beginning nothing follows."""
Key = tuple[str, str]
"""An incident, and the name of a target."""


@dataclass
class Process:
    """A notifier: what it knows, and how far it has read the topic."""

    said: Said
    standing: Standing = field(default_factory=Standing)
    owned: frozenset[Position] = frozenset()
    read: int = 0

    def __post_init__(self) -> None:
        self.agenda = Agenda(self.standing, self.said, tree())


class StandingMachine(RuleBasedStateMachine):
    """Two notifiers that share two partitions, and the topic between them."""

    @initialize()
    def begin(self) -> None:
        """Nothing has happened yet; each has a partition."""
        self.now = NOON
        self.said = Said()
        self.topic: list[Change] = []
        self.pending: dict[Position, list[IncidentEvent]] = {place: [] for place in PLACES}
        self.done: dict[Position, list[IncidentEvent]] = {place: [] for place in PLACES}
        self.present: dict[int, IncidentEvent] = {}
        self.over: set[str] = set()
        self.first: dict[str, datetime] = {}
        self.last: dict[Key, datetime] = {}
        self.sent: Counter[str] = Counter()
        self.names = 0
        self.processes = [Process(self.said), Process(self.said)]
        self.give([0, 1])

    def give(self, owners: list[int]) -> None:
        """Give each partition to a process, which then knows all that was written."""
        for number, process in enumerate(self.processes):
            process.owned = frozenset(p for p, owner in zip(PLACES, owners, strict=True) if owner == number)
            self.catch_up(process)
            process.agenda.own(process.owned)

    def catch_up(self, process: Process) -> None:
        """Read the topic to its end."""
        for change in self.topic[process.read :]:
            process.standing.apply(record(change))
        process.read = len(self.topic)

    def write(self, change: Change | None) -> None:
        """Write to the topic."""
        if change is not None:
            self.topic.append(change)

    def owner(self, place: Position) -> Process:
        """Return who reads a partition."""
        return next(each for each in self.processes if place in each.owned)

    @rule(step=STEPS)
    def go_on(self, step: tuple[Any, ...]) -> None:
        """Something happens."""
        name, *arguments = step
        getattr(self, name)(*arguments)

    def begin_and_tell(self, number: int) -> None:
        """What mostly happens: an incident begins, is read, and the NOC is told."""
        before = self.present.get(number)
        if before is None or isinstance(before, IncidentResolved):
            self.publish(number, "worse", True)
            self.read(PLACES[number % 2], -1, True)
            self.tell(number)

    def publish(self, number: int, change: str, is_present: bool) -> None:
        """An incident begins, or the link's open one changes or ends; history is told to nobody."""
        before = self.present.get(number)
        base = link(number)
        event: IncidentEvent
        if before is None or isinstance(before, IncidentResolved):
            self.names += 1
            event = replace(
                opened(entity=base.entity, labels=base.labels, historical=not is_present), incident=f"i{self.names}"
            )
        else:
            past = is_historical(before)
            sequence = before.sequence + 1
            made = resolved if change == "over" else updated
            event = replace(
                made(base, sequence=sequence, historical=past), incident=before.incident, severity=before.severity
            )
        event = replace(event, id=f"{event.incident}-{event.sequence}")
        self.present[number] = event
        self.pending[PLACES[number % 2]].append(event)

    def read(self, place: Position, which: int, is_new: bool) -> None:
        """The owner of a partition reads an event: any that it has not read, or one of those for a second time."""
        source = self.pending[place] if is_new else self.done[place]
        if not source:
            return
        event = source.pop(which % len(source))
        self.done[place].append(event)
        change = self.owner(place).standing.learn(event, place)
        self.write(change)
        if isinstance(event, IncidentResolved):
            self.over.add(event.incident)
        assert change is None or not is_historical(event)
        assert not isinstance(change, OpenIncident) or event.incident not in self.over

    def tell(self, number: int) -> None:
        """The NOC is told of what its owner knows to be open."""
        event = self.present.get(number)
        process = self.owner(PLACES[number % 2])
        if event is None or process.standing.get(event.incident) is None:
            return
        self.write(process.standing.told(event.incident, target(), "root", event.severity, self.now))
        self.first.setdefault(event.incident, self.now)
        self.last[event.incident, target().name] = self.now

    def acknowledge(self, number: int) -> None:
        """Somebody has seen an incident."""
        event = self.present.get(number)
        if event is not None:
            time = max(self.now, event.time)
            self.said.take(Acknowledgement.of(incident=event.incident, entity=event.entity, time=time, by="asha"))
            for process in self.processes:
                process.agenda.reconsider()

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    def work(self, which: int, arrives: bool) -> None:
        """A process sends what is due; it arrives, or is refused for good."""
        for followup in self.due(self.processes[which]):
            self.deliver(self.processes[which], followup, arrives=arrives)

    def keep_in_hand(self, which: int) -> None:
        """What was handed out does not come again while it is in hand; what is released does."""
        process = self.processes[which]
        handed = self.due(process)
        assert self.due(process) == []
        for followup in handed:
            process.agenda.release(followup)
        assert sorted(each.id for each in self.due(process)) == sorted(each.id for each in handed)
        for followup in handed:
            process.agenda.release(followup)

    def die(self, which: int) -> None:
        """A process dies after it has sent what was due, and before it writes of it; another begins in its place."""
        for followup in self.due(self.processes[which]):
            self.check(followup)
        self.restart(which)

    def restart(self, which: int) -> None:
        """A process begins anew, from what is left of the topic: the latest record of each incident."""
        latest: dict[str, Change] = {}
        for change in self.topic:
            latest.pop(change.incident, None)
            latest[change.incident] = change
        process = Process(self.said, owned=self.processes[which].owned, read=len(self.topic))
        for change in latest.values():
            process.standing.apply(record(change))
        process.agenda.own(process.owned)
        self.processes[which] = process

    def rebalance(self, owners: tuple[int, int]) -> None:
        """Partitions change hands."""
        self.give(list(owners))

    def hear_late(self, which: int, offset: int) -> None:
        """A record of the topic comes again, or late."""
        if self.topic:
            self.processes[which].standing.apply(record(self.topic[offset % len(self.topic)]))

    def due(self, process: Process) -> list[FollowUp]:
        """Return all that is due at a process."""
        found: list[FollowUp] = []
        while (time := process.agenda.next_due()) is not None and time <= self.now:
            found += process.agenda.due(self.now)
        return found

    def deliver(self, process: Process, followup: FollowUp, *, arrives: bool) -> None:
        """Send a follow-up, and write of it."""
        self.check(followup)
        incident = incident_of(followup.event)
        aside, name = followup.aside, followup.target.name
        note = process.standing.told if arrives else process.standing.passed
        change = note(incident, followup.target, "root", followup.event.severity, self.now, aside.occasion, aside.count)
        assert change is not None
        self.write(change)
        self.sent[followup.id] += 1
        if arrives or aside.occasion is Occasion.REMINDER:
            self.last[incident, name] = self.now

    def every(self) -> list[OpenIncident]:
        """Return what is open, as the owners of the partitions know it."""
        return [
            known
            for process in self.processes
            for known in process.standing.every()
            if (known.topic, known.partition) in process.owned
        ]

    def check(self, followup: FollowUp) -> None:
        """Nobody is told what is over, seen, or no news, nor reminded of what they were not told."""
        assert not isinstance(followup.event, IncidentResolved)
        known = self.known(followup)
        assert known.incident not in self.over
        assert self.said.acknowledgements.get(known.incident) is None
        assert known.incident in self.first
        key = (known.incident, followup.target.name)
        if followup.aside.occasion is Occasion.REMINDER:
            assert self.now - self.last[key] >= timedelta(seconds=HOUR_S)
        else:
            assert key not in self.last
            assert self.now - self.first[known.incident] >= timedelta(seconds=900)
        assert self.sent[followup.id] == 0

    def known(self, followup: FollowUp) -> OpenIncident:
        """Return what the follow-up is about, as the owner of its partition knows it."""
        return next(each for each in self.every() if each.incident == incident_of(followup.event))

    @invariant()
    def all_agree(self) -> None:
        """Who has read the topic to its end knows what its latest records say."""
        if not hasattr(self, "topic"):
            return
        latest = {change.incident: change for change in self.topic}
        is_open = {incident for incident, change in latest.items() if not isinstance(change, Over)}
        for process in self.processes:
            if process.read == len(self.topic):
                known = {each.incident: each for each in process.standing.every()}
                assert known == {incident: latest[incident] for incident in is_open}

    def teardown(self) -> None:
        """Whoever has time reminds within the interval of all that was told, is open and was not seen; the boss hears too."""
        if not hasattr(self, "now"):
            return
        for _ in range(3):
            self.now += timedelta(seconds=HOUR_S)
            for process in self.processes:
                self.catch_up(process)
                for followup in self.due(process):
                    self.deliver(process, followup, arrives=True)
                assert self.due(process) == []
            for known in self.every():
                if known.incident in self.first and self.said.acknowledgements.get(known.incident) is None:
                    assert self.now - self.last[known.incident, target().name] < timedelta(seconds=HOUR_S)
                    assert {each.receiver for each in known.told} == {
                        f"{name}@example.net" for name in ("noc", "boss", "chief")
                    }


StandingMachine.TestCase.settings = settings(deadline=None, max_examples=50, stateful_step_count=50)
TestStandingMachine = StandingMachine.TestCase
