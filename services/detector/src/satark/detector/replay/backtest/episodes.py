"""Incidents as a whole, put together from their events as they were told. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from satark.detector.explain.words import place
from satark.detector.groups.model import RANK
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Severity

MAX_EPISODES = 200_000
"""Incidents of one version that are remembered, about 100 MB: no estate has so many in a year."""


class TooManyIncidentsError(RuntimeError):
    """A version tells of more incidents than can be compared."""


@dataclass(frozen=True, slots=True)
class Episode:
    """An incident that people were told of: when it began, when they knew, how bad it became, when it ended (None: open).

    Or a group of them, which has `members`.
    """

    incident: str
    entity: str
    place: str
    began: datetime
    told: datetime
    severity: Severity
    metrics: tuple[str, ...]
    ended: datetime | None = None
    members: int = 0

    def until(self, now: datetime) -> datetime:
        """Return its end, or `now` if it has none."""
        return self.ended or max(now, self.told)


class Episodes:
    """Gathers episodes. Events that are for the record only make none."""

    def __init__(self) -> None:
        self._by_incident: dict[str, Episode] = {}

    def __len__(self) -> int:
        return len(self._by_incident)

    def __iter__(self) -> Iterator[Episode]:
        return iter(self._by_incident.values())

    def add(self, event: IncidentEvent) -> None:
        """Take an event in. Raises TooManyIncidentsError."""
        if event.historical:
            return
        known = self._by_incident.get(event.incident)
        if known is None:
            if len(self) >= MAX_EPISODES:
                raise TooManyIncidentsError(f"more than {MAX_EPISODES:,} incidents: take a shorter time")
            known = _begun(event)
        metrics = dict.fromkeys((*known.metrics, *(symptom.metric for symptom in event.symptoms)))
        self._by_incident[event.incident] = replace(
            known,
            severity=max(known.severity, event.severity, key=RANK.__getitem__),
            metrics=tuple(metrics),
            ended=event.ended_at if isinstance(event, IncidentResolved) else None,
        )


def _begun(event: IncidentEvent) -> Episode:
    told = event.time + timedelta(seconds=event.interval_s)
    return Episode(event.incident, event.entity, place(event), event.opened_at, told, event.severity, ())
