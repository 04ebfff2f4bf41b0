"""What happens, told from the topics: samples and daemons that arrive, incidents, and who was told. Pure but for `follow`."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Consumer
from satark.runtime.records import Record
from satark.schemas import codec
from satark.schemas.codec import Event
from satark.schemas.generators import Connection, GeneratorSession
from satark.schemas.incidents import IncidentOpened, IncidentResolved, IncidentUpdated
from satark.schemas.metrics import WAN_LINK, MetricSample
from satark.schemas.notifications import Notification, Outcome

MAX_REMEMBERED = 10_000
MAX_SKEW = timedelta(seconds=5)
"""A record's time is its writer's; on another machine that may be a little behind ours."""


@dataclass(frozen=True, slots=True)
class Told:
    """A mail that was sent: its Message-ID and the id of the incident event that it told."""

    message_id: str
    event: str


@dataclass
class Story:
    """What has happened so far. `hear` returns the line to show, if any, and the mail that was sent, if any."""

    samples: int = 0
    newest: datetime | None = None
    entities: set[str] = field(default_factory=set)
    generators: set[str] = field(default_factory=set)
    incidents: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def hear(self, record: Record) -> tuple[str | None, Told | None]:
        """Take in one record; records that are no events are somebody else's business."""
        try:
            event = codec.decode(record.topic, record.value, record.headers)
        except codec.UndecodableEventError as error:
            return f"undecodable record on {record.topic}: {error}", None
        if isinstance(event, Notification) and event.outcome is Outcome.SENT:
            return None, self._mail(event)
        return self._line(event), None

    def _line(self, event: Event) -> str | None:
        match event:
            case MetricSample(kind=kind) if kind == WAN_LINK:
                return self._sample(event)
            case GeneratorSession():
                return self._session(event)
            case IncidentOpened() | IncidentUpdated() | IncidentResolved():
                return self._incident(event)
            case Notification(outcome=Outcome.FAILED):
                return f"mail to {event.receiver} failed: {event.detail}"
            case _:
                return None

    def _sample(self, sample: MetricSample) -> str | None:
        self.samples += 1
        first = sample.entity not in self.entities
        if len(self.entities) < MAX_REMEMBERED:
            self.entities.add(sample.entity)
        hour_passed = self.newest is not None and sample.time.hour != self.newest.hour and sample.time > self.newest
        self.newest = max(self.newest or sample.time, sample.time)
        if first and len(self.entities) == 1:
            return "the first samples are there"
        if hour_passed and len(self.entities) > 1:
            return f"{sample.time:%H:%M} UTC at the orchestrator: {self.samples} samples of {len(self.entities)} links"
        return None

    def _session(self, event: GeneratorSession) -> str | None:
        """A daemon that is back in a new session before its old one was over is no news."""
        before = len(self.generators)
        if event.state is Connection.DOWN:
            self.generators.discard(event.generator)
        elif before < MAX_REMEMBERED:
            self.generators.add(event.generator)
        if len(self.generators) == before:
            return None
        host, _, module, *_ = [*event.generator.split(":"), "", "", ""]
        change = "is connected" if event.state is Connection.UP else "is gone"
        return f"daemon {change}: {module} on {host} ({len(self.generators)} in all)"

    def _incident(self, event: IncidentOpened | IncidentUpdated | IncidentResolved) -> str:
        change = type(event).__name__.removeprefix("Incident").lower()
        where = " / ".join(event.labels[name] for name in ("edge", "link") if name in event.labels) or event.entity
        if len(self.incidents) < MAX_REMEMBERED:
            self.incidents[event.id] = (event.incident, change, where)
        if event.alarm is not None:
            what = event.alarm.type.rpartition(":")[2]
        else:
            what = ", ".join(symptom.metric for symptom in event.symptoms if symptom.active) or "all clear"
        return f"incident {change}: {where} ({event.severity.value}; {what})"

    def _mail(self, sent: Notification) -> Told:
        if len(self.told) < MAX_REMEMBERED:
            self.told.add(sent.event)
        return Told(sent.message_id or "", sent.event)

    def about(self, told: Told) -> str:
        """Return what a mail was about, as far as its incident has been heard of: topics are read side by side."""
        _, change, where = self.incidents.get(told.event, ("", "told", told.event))
        return f"{change}: {where}"

    @property
    def status(self) -> str:
        """Where things stand, as a line that is shown again and again."""
        when = f"{self.newest:%H:%M} UTC at the orchestrator, " if self.newest else ""
        daemons = f", {len(self.generators)} daemons" if self.generators else ""
        return f"{when}{self.samples} samples of {len(self.entities)} links{daemons}"

    @property
    def complete(self) -> bool:
        """True once an incident's opening and its resolution were both told."""
        heard = [self.incidents[event] for event in self.told if event in self.incidents]
        opened = {incident for incident, change, _ in heard if change == "opened"}
        return any(incident in opened for incident, change, _ in heard if change == "resolved")


async def follow(
    kafka: KafkaSettings, names: Sequence[str], on_record: Callable[[Record], None], *, since: datetime
) -> None:
    """Hand every record of the topics written after `since` to `on_record`, for ever.

    It is in a group of its own, so it takes nothing from the services, and commits nothing.
    """
    oldest = since - MAX_SKEW
    async with Consumer(kafka, topics=names, group_id=f"satark-up-{uuid4()}") as consumer:
        while True:
            for record in await consumer.poll(timeout_s=0.5):
                if record.timestamp >= oldest:
                    on_record(record)
            await asyncio.sleep(0)
