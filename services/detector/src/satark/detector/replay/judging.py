"""Driving a detection through samples, and counting what became of them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Protocol

from satark.detector.replay.sightings import Sighting
from satark.schemas.incident_groups import IncidentGroupEvent, IncidentGroupOpened
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved
from satark.schemas.metrics import MetricSample


class Judged(Protocol):
    """What a detection says of some samples."""

    @property
    def events(self) -> tuple[IncidentEvent, ...]:
        """What is to be published, in order for each entity."""
        ...


class Judge(Protocol):
    """A detection: the one of the service, or another that speaks the same."""

    def judge(self, samples: Sequence[MetricSample], now: datetime) -> Judged:
        """Judge samples of any entities and times, as of `now`."""
        ...


@dataclass(slots=True)
class Tally:
    """What went by so far."""

    samples: int = 0
    entities: set[str] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None
    opened: int = 0
    resolved: int = 0
    historical: int = 0
    groups: int = 0

    def see(self, sample: MetricSample) -> None:
        """Count a sample."""
        self.samples += 1
        self.entities.add(sample.entity)
        self.first = sample.time if self.first is None else min(self.first, sample.time)
        self.last = sample.time if self.last is None else max(self.last, sample.time)

    def tell(self, event: IncidentEvent | IncidentGroupEvent) -> None:
        """Count an event."""
        if isinstance(event, IncidentGroupEvent):
            self.groups += isinstance(event, IncidentGroupOpened)
            return
        self.opened += isinstance(event, IncidentOpened)
        self.resolved += isinstance(event, IncidentResolved)
        self.historical += event.historical


class Replay:
    """A detection and the clock that it lives by: the time at which the newest sample so far came to be known."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._now: datetime | None = None

    def feed(self, batch: Sequence[Sighting]) -> list[IncidentEvent]:
        """Judge samples; return the events by their time."""
        if not batch:
            return []
        newest = max(sighting.at for sighting in batch)
        self._now = newest if self._now is None else max(self._now, newest)
        judged = self._judge.judge([sighting.sample for sighting in batch], self._now)
        return sorted(judged.events, key=attrgetter("time"))
