"""An example of every kind of message. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from satark.notifier.events import Event, incident_of, state_of
from satark.notifier.mail.threads import safe
from satark.notifier.preview import story
from satark.notifier.routing.model import EMAIL, Target
from satark.notifier.routing.receivers import EmailConfig
from satark.notifier.telling import PLAIN, Aside, Heartbeat, Occasion, Part, Telling, Told
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.identifiers import identifier
from satark.schemas.incidents import Severity
from satark.schemas.notifications import notification_id

LAG = timedelta(minutes=12)
"""How long after a sample's beginning its mail is written."""
ADDRESS = "noc@example.net"
STORM = 997


@dataclass(frozen=True, slots=True)
class Example:
    """A message and when it is written. `name` is fit for a file."""

    name: str
    told: Told
    now: datetime


def target(address: str = ADDRESS, receiver: str = "noc") -> Target:
    """Return a way to reach a receiver by mail."""
    return Target(receiver, EMAIL, address, EmailConfig(address))


def one(event: Event, aside: Aside = PLAIN, *, to: Target | None = None) -> Telling:
    """Return the message of one event."""
    to = to or target()
    return Telling(to, (part(event, aside, to),))


def part(event: Event, aside: Aside, to: Target) -> Part:
    """Return an event as a part of a message; a reminder and the like have ids of their own."""
    plain = notification_id(event.id, *to.key)
    kind = aside.occasion
    return Part(plain if kind is Occasion.EVENT else identifier(kind.value, plain, str(aside.count)), event, aside)


def examples() -> tuple[Example, ...]:
    """Return all examples, each with a name of its own."""
    return (*_of_one(), *_of_several(), *_heartbeats())


def of_events(events: Iterable[Event]) -> tuple[Example, ...]:
    """Return the messages of events, each as it would be written two samples after its time, numbered from 1."""
    return tuple(
        Example(f"{number:03}-{state_of(event)}-{safe(incident_of(event))}", one(event), event.time + _age(event))
        for number, event in enumerate(events, start=1)
    )


def _age(event: Event) -> timedelta:
    return max(LAG, timedelta(seconds=2 * getattr(event, "interval_s", 0)))


def _of_one() -> Iterator[Example]:
    opened, updated, resolved = story.opened(), story.updated(), story.resolved()
    word = Acknowledgement.of(
        incident=opened.incident,
        entity=opened.entity,
        time=story.BEGIN + timedelta(minutes=25),
        by="asha",
        comment="ticket 4711 with the provider",
    )
    later = story.BEGIN + timedelta(hours=4)
    yield Example("opened", one(opened), opened.time + LAG)
    yield Example("updated", one(updated, Aside(seen=word)), updated.time + LAG)
    yield Example("resolved", one(resolved, Aside(seen=word)), resolved.time + LAG)
    yield Example("group", one(story.group()), story.BEGIN + LAG)
    yield Example("kept-back", one(opened, Aside(updated, is_news=True, kept_back_by="a silence")), later)
    yield Example("reminder", one(updated, Aside(updated, occasion=Occasion.REMINDER, count=1)), later)
    boss = target("boss@example.net", "management")
    yield Example("escalation", one(updated, Aside(updated, occasion=Occasion.ESCALATION, count=1), to=boss), later)
    yield Example("fallback", one(opened, Aside(occasion=Occasion.FALLBACK, instead_of="noc/slack")), opened.time + LAG)
    yield Example("test", one(opened, Aside(occasion=Occasion.TEST)), opened.time + LAG)


def _of_several() -> Iterator[Example]:
    to = target()
    events: list[Event] = [story.opened(6 * n, begin=story.BEGIN + n * story.STEP / 10) for n in range(1, 12)]
    events.insert(0, story.updated(0))
    events += [story.resolved(6 * n + 30, begin=story.BEGIN - 7 * story.STEP) for n in range(12, 15)]
    digest = Telling(to, tuple(part(event, PLAIN, to) for event in events), (("site", "London"),))
    yield Example("digest", digest, story.BEGIN + 2 * LAG)
    storm = [
        story.opened(n, begin=story.BEGIN + timedelta(seconds=n % 120), severity=_severity(n)) for n in range(STORM)
    ]
    storm.sort(key=lambda event: (event.severity is not Severity.CRITICAL, event.opened_at))
    yield Example("storm", Telling(to, tuple(part(event, PLAIN, to) for event in storm)), story.BEGIN + LAG)


def _severity(number: int) -> Severity:
    return Severity.CRITICAL if number % 13 == 0 else Severity.WARNING


def _heartbeats() -> Iterator[Example]:
    begin, end = story.BEGIN - timedelta(days=1), story.BEGIN
    well = Heartbeat("well", target(), end, begin, open_incidents=3, opened=5, told=9, failed=0)
    yield Example("heartbeat", well, end)
    failing = Heartbeat(
        "failing", target(), end, begin, open_incidents=3, opened=5, told=7, failed=2, failing=("noc/slack",)
    )
    yield Example("heartbeat-failing", failing, end)
