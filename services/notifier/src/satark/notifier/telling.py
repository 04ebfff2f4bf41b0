"""What the outbox hands to a channel: one incident event or several in one message, for one target. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from satark.notifier.events import Event
from satark.notifier.routing.model import Target
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.identifiers import identifier


class Occasion(StrEnum):
    """Why a target is told of an event."""

    EVENT = "event"
    """It happened."""
    REMINDER = "reminder"
    """It lasts: `repeat_interval` is over."""
    ESCALATION = "escalation"
    """Nobody has acknowledged it in time; this receiver was not told of it before."""
    FALLBACK = "fallback"
    """Another receiver should have been told, and could not be."""
    TEST = "test"
    """Somebody tries the receiver; there is no incident."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What is said beside an event.

    `latest`: the incident as it is by now, if it was kept back; `is_news`: the target was told nothing of it before.
    `kept_back_by` is what kept it back, in words (`a silence`, `mute times`, `another incident`).
    `count`: which reminder, or which level of escalation, from 1. `instead_of`: the receiver that could not be reached.
    """

    latest: Event | None = None
    is_news: bool = False
    seen: Acknowledgement | None = None
    kept_back_by: str = ""
    occasion: Occasion = Occasion.EVENT
    count: int = 0
    instead_of: str = ""


PLAIN = Aside()


@dataclass(frozen=True, slots=True)
class Part:
    """One event in a message. `id` is the notification's: one decision to tell one target of one event."""

    id: str
    event: Event
    aside: Aside = PLAIN

    @property
    def shown(self) -> Event:
        """The event that is shown: the incident as it is by now, where it was kept back."""
        return self.aside.latest or self.event


@dataclass(frozen=True, slots=True)
class Telling:
    """One message to one target: of one incident, or a digest of several, gravest first.

    `shared` are the labels that a route's `group_by` names, with the values that all parts have; a digest without any
    is one because there was too much to tell (a storm).
    """

    target: Target
    parts: tuple[Part, ...]
    shared: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_digest(self) -> bool:
        """Whether it tells of more than one event."""
        return len(self.parts) > 1

    @property
    def id(self) -> str:
        """The message's id: the notification's, or that of all of them. The same parts always give the same id."""
        if not self.is_digest:
            return self.parts[0].id
        return identifier("digest", *self.target.key, *sorted(part.id for part in self.parts))

    @property
    def thread(self) -> str:
        """What the messages of a digest's thread have in common: the target and what `group_by` says."""
        return identifier("digests", *self.target.key, *(f"{n}={v}" for n, v in self.shared))


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life for one target (a dead man's switch): that the pipeline works, and what it did since the last one.

    `since` and `time` bound what the counts are of; `open_incidents` is now, `failing` names targets that refuse.
    """

    id: str
    target: Target
    time: datetime
    since: datetime
    open_incidents: int
    opened: int
    told: int
    failed: int
    failing: tuple[str, ...] = ()


Told = Telling | Heartbeat
