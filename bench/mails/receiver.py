"""What one receiver of a notifier with default settings gets: the notifier's decisions, driven by the clock of the events."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.mails.scenes import Published, Scene
from satark.notifier.app import rules_of
from satark.notifier.channels.delivery import Sent
from satark.notifier.events import RESOLVED, UPDATED, incident_of, state_of
from satark.notifier.outbox.notices import Deliver, Notice, Quieted, Settled, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.reporting import notification
from satark.notifier.routing.plain import routing_of
from satark.notifier.settings import NotifierSettings
from satark.notifier.standing.agenda import Agenda
from satark.notifier.standing.standing import Standing
from satark.notifier.telling import Occasion, Telling
from satark.runtime.records import Record
from satark.runtime.said import Said
from satark.schemas.codec import encode
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.notifications import Outcome
from satark.schemas.topics import ANOMALIES

SETTINGS = NotifierSettings(
    smtp_url="smtp://127.0.0.1:25", sender="satark@demo.example", receivers=("noc@demo.example",)
)
PLACE = (ANOMALIES, 0)
BEGINNING = datetime.min.replace(tzinfo=UTC)
AFTERWARDS = timedelta(hours=1)
"""What is due so long after the last event still goes."""


@dataclass(slots=True)
class Received:
    """Messages by what they are: a beginning, that it is worse, a reminder, a digest of several, an end."""

    messages: Counter[str] = field(default_factory=Counter)

    def take(self, telling: Telling) -> None:
        """Count a message."""
        self.messages[kind_of(telling)] += 1

    def beside_ends(self) -> int:
        """Return how many messages there were besides ends."""
        return self.messages.total() - self.messages["end"]


def kind_of(telling: Telling) -> str:
    """Return what a message is. What tells of ends only is an end, however many of them."""
    if all(state_of(part.event) == RESOLVED for part in telling.parts):
        return "end"
    if telling.is_digest:
        return "digest"
    (part,) = telling.parts
    if part.aside.occasion is not Occasion.EVENT:
        return part.aside.occasion.value
    return "worse" if state_of(part.event) == UPDATED and not part.aside.is_news else "beginning"


class Receiver:
    """One notifier with one receiver, whose mail server takes everything at once. Time goes on by events alone."""

    def __init__(self, said: Said, settings: NotifierSettings = SETTINGS) -> None:
        self.received = Received()
        routing = routing_of(settings)
        self._outcomes = Outcomes()
        self._standing = Standing()
        self._outbox = Outbox(rules_of(settings), routing, self._outcomes, said)
        self._agenda = Agenda(self._standing, said, routing)
        self._agenda.own([PLACE])
        self._now = BEGINNING
        self._offset = 0

    def publish(self, one: Published) -> None:
        """Take in an event when it comes."""
        self.wait(one.at)
        encoded = encode(one.event, source="/satark/bench")
        record = Record(*PLACE, self._offset, one.at, encoded.key, encoded.value, encoded.headers)
        self._offset += 1
        self._standing.learn(one.event, PLACE)
        if isinstance(one.event, IncidentGroupEvent):
            self._conclude(self._outbox.absorb(one.event))
        self._conclude(self._outbox.accept(one.event, record, one.at).settled)

    def wait(self, end: datetime) -> None:
        """Let time go by until `end`; everything goes when it is due."""
        while (due := self._work()) is not None and due < end:
            self._now = max(self._now, due)
        self._now = max(self._now, end)

    def _work(self) -> datetime | None:
        """Do what is due now; return when there is more to do."""
        for due in self._agenda.due(self._now):
            notice = Notice(due.id, due.target, due.policy, due.event, None, due.aside)
            self._outbox.follow_up(notice, self._now)
        while not isinstance(action := self._outbox.next(self._now), WaitUntil | None):
            if isinstance(action, Deliver):
                self.received.take(action.telling)
                self._conclude(self._outbox.settle(action.telling, Sent("250"), self._now).settled)
            elif isinstance(action, Quieted):
                self._conclude(action.settled)
        times = (None if action is None else action.time, self._agenda.next_due())
        return min((time for time in times if time is not None), default=None)

    def _conclude(self, settled: Iterable[Settled]) -> None:
        """Keep outcomes as the clerk does."""
        for each in settled:
            self._outcomes.learn(notification(each, self._now))
            if each.is_over and each.outcome is Outcome.SENT:
                notice, aside = each.notice, each.notice.aside
                how = (notice.policy.route, each.shown.severity, self._now, aside.occasion, aside.count)
                self._standing.told(incident_of(notice.event), notice.target, *how)


def received(scene: Scene) -> Received:
    """Return what a receiver gets of a scene."""
    said = Said()
    for silence in scene.silences:
        said.take(silence)
    receiver = Receiver(said)
    for one in scene.published:
        receiver.publish(one)
    receiver.wait(scene.published[-1].at + AFTERWARDS)
    return receiver.received
