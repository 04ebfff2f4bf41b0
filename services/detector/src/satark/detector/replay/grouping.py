"""Groups of incidents in a replay: told as the detector tells them, by the clock of the samples. Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from satark.detector.groups.model import GroupRules
from satark.detector.groups.notices import notice_of
from satark.detector.groups.partition import Partition
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.incidents import IncidentEvent

BEGINNING = datetime.min.replace(tzinfo=UTC)


class Grouping:
    """Tells which incidents have one cause."""

    def __init__(self, rules: GroupRules | None = None) -> None:
        self._rules = rules or GroupRules()
        self._partition = Partition(0, self._rules, (), BEGINNING)
        self._now = BEGINNING

    def weave(self, events: Iterable[IncidentEvent]) -> Iterator[IncidentEvent | IncidentGroupEvent]:
        """Yield incidents' events, which come in order of time, and what is told of groups meanwhile."""
        for event in events:
            yield from self._until(event.time + timedelta(seconds=event.interval_s))
            yield event
            if (notice := notice_of(event)) is not None:
                yield from self._partition.apply(notice, self._now).events

    def settle(self) -> Iterator[IncidentGroupEvent]:
        """Yield what is told of groups when nothing more comes."""
        if self._now > BEGINNING:
            yield from self._until(self._now + timedelta(seconds=self._rules.settle_s))

    def _until(self, now: datetime) -> Iterator[IncidentGroupEvent]:
        self._now = max(self._now, now)
        for due in self._partition.due(self._now):
            yield from self._partition.apply(due, self._now).events
