"""Finding incidents in a stream of their events, in bounded memory. Pure.

Every event names its incident and entity; only the events of incidents that are asked for are decoded and kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Protocol

from msgspec import Struct

from satark.schemas.incidents import IncidentEvent, IncidentResolved, Symptom

MAX_MATCHES = 20
"""Incidents that a prefix may match before all that counts is that it is no unique one."""

MAX_EVENTS = 1_000
"""Events of one incident that are kept: one an interval for three days of flapping."""

NEAREST = 3


class Head(Struct, frozen=True):
    """As much of an event as tells whose it is."""

    incident: str
    entity: str


@dataclass(slots=True)
class Story:
    """The events of one incident, by sequence: a second delivery of one adds nothing."""

    incident: str
    by_sequence: dict[int, IncidentEvent] = field(default_factory=dict)
    left_out: int = 0

    def add(self, event: IncidentEvent) -> None:
        """Keep an event; beyond MAX_EVENTS only the first and the newest stay."""
        if event.sequence in self.by_sequence:
            return
        self.by_sequence[event.sequence] = event
        if len(self.by_sequence) > MAX_EVENTS:
            del self.by_sequence[sorted(self.by_sequence)[1]]
            self.left_out += 1

    @property
    def events(self) -> list[IncidentEvent]:
        """The events in their order."""
        return [event for _, event in sorted(self.by_sequence.items())]

    @property
    def last(self) -> IncidentEvent:
        """The newest event."""
        return self.by_sequence[max(self.by_sequence)]

    @property
    def resolved(self) -> IncidentResolved | None:
        """The event that ended it, or None while it lasts."""
        return self.last if isinstance(self.last, IncidentResolved) else None

    def metrics(self) -> list[str]:
        """Return the metrics that were symptoms, the farthest from their normal first."""
        worst: dict[str, float] = {}
        for event in self.events:
            for symptom in event.symptoms:
                worst[symptom.metric] = max(worst.get(symptom.metric, 0.0), abs(symptom.distance))
        return sorted(worst, key=lambda metric: (-worst[metric], metric))

    def told_of(self, metric: str) -> list[Symptom]:
        """Return what each event says of a metric, in order."""
        return [symptom for event in self.events for symptom in event.symptoms if symptom.metric == metric]


class Search(Protocol):
    """What is looked for."""

    def wants(self, head: Head) -> bool:
        """Look at an event's head; return whether its event is to be added."""
        ...

    def add(self, event: IncidentEvent) -> None:
        """Keep an event that is wanted."""
        ...

    def found(self) -> Sequence[Story]:
        """Return the incidents in order of their beginning. Raises UnknownIncidentError."""
        ...


class UnknownIncidentError(LookupError):
    """Nothing, or not one thing, is meant by what was asked for; the message names what is near."""


class Nearest:
    """Remembers which few of many names are most like a wanted one."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self._best: dict[str, int] = {}

    def see(self, name: str) -> None:
        """Consider a name."""
        if name in self._best:
            return
        self._best[name] = _likeness(self._wanted, name)
        if len(self._best) > NEAREST:
            del self._best[min(self._best, key=lambda known: self._best[known])]

    def hint(self) -> str:
        """Return the end of a sentence that says what there is."""
        names = nlargest(NEAREST, self._best, key=lambda known: self._best[known])
        return f"nearest: {', '.join(names)}" if names else "there is none at all"


class ById:
    """One incident, by its id or the beginning of it."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix.strip().lower()
        self._stories: dict[str, Story] = {}
        self._nearest = Nearest(self._prefix)

    def wants(self, head: Head) -> bool:
        """Return whether the incident's id begins as was asked for."""
        if not head.incident.startswith(self._prefix):
            self._nearest.see(head.incident)
            return False
        return head.incident in self._stories or len(self._stories) < MAX_MATCHES

    def add(self, event: IncidentEvent) -> None:
        """Keep an event."""
        self._stories.setdefault(event.incident, Story(event.incident)).add(event)

    def found(self) -> list[Story]:
        """Return the one incident."""
        if not self._stories:
            raise UnknownIncidentError(f"no incident {self._prefix}; {self._nearest.hint()}")
        if len(self._stories) > 1:
            raise UnknownIncidentError(self._ambiguous())
        return list(self._stories.values())

    def _ambiguous(self) -> str:
        count = f"{len(self._stories)}{' or more' if len(self._stories) == MAX_MATCHES else ''}"
        more = ", …" if len(self._stories) > NEAREST else ""
        return f"{count} incidents begin with {self._prefix}: {', '.join(sorted(self._stories)[:NEAREST])}{more}"


class Newest:
    """The newest few incidents, of one entity or (None) of all."""

    def __init__(self, count: int, entity: str | None = None) -> None:
        self._count = count
        self._entity = entity
        self._stories: dict[str, Story] = {}
        self._nearest = Nearest(entity or "")

    def wants(self, head: Head) -> bool:
        """Return whether it is an incident of the entity."""
        self._nearest.see(head.entity)
        return self._entity in (None, head.entity)

    def add(self, event: IncidentEvent) -> None:
        """Keep an event, and let go of the oldest incident when there are too many."""
        self._stories.setdefault(event.incident, Story(event.incident)).add(event)
        if len(self._stories) > self._count:
            oldest = min(self._stories.values(), key=_beginning)
            del self._stories[oldest.incident]

    def found(self) -> list[Story]:
        """Return the incidents, oldest first."""
        if not self._stories:
            what = "no incident" if self._entity is None else f"no incident of {self._entity}"
            raise UnknownIncidentError(f"{what}; {self._nearest.hint()}")
        return sorted(self._stories.values(), key=_beginning)


def _beginning(story: Story) -> tuple[object, str]:
    return story.last.opened_at, story.incident


def _likeness(wanted: str, name: str) -> int:
    """Return how alike two names are: every equal place counts, and the common beginning counts most."""
    pairs = [a == b for a, b in zip(wanted, name, strict=False)]
    common = pairs.index(False) if False in pairs else len(pairs)
    return sum(pairs) + len(name) * common
