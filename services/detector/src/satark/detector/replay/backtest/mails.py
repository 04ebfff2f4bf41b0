"""What people get for a version's incidents: a mail for each group of them, and one for each that is in no group. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from satark.detector.explain.words import printable
from satark.detector.groups.model import RANK
from satark.detector.replay.backtest import episodes
from satark.detector.replay.backtest.episodes import Episode, Episodes, TooManyIncidentsError
from satark.detector.replay.grouping import Grouping
from satark.schemas.incident_groups import IncidentGroupEvent, IncidentGroupResolved
from satark.schemas.incidents import IncidentEvent


class Mails:
    """Gathers a version's incidents and their groups, told as the detector tells them."""

    def __init__(self) -> None:
        self.incidents = Episodes()
        self._grouping = Grouping()
        self._groups: dict[str, Episode] = {}

    @property
    def groups(self) -> tuple[Episode, ...]:
        """The groups: `incident` is the group's id, and `metrics` those that were its members' worst."""
        return tuple(self._groups.values())

    @property
    def count(self) -> int:
        """How many beginnings are told: of groups, and of incidents in none."""
        return len(self.incidents) - sum(group.members for group in self._groups.values()) + len(self._groups)

    def add(self, events: Iterable[IncidentEvent]) -> None:
        """Take in incidents' events in order of time. Raises TooManyIncidentsError."""
        for event in self._grouping.weave(events):
            if isinstance(event, IncidentGroupEvent):
                self._add(event)
            else:
                self.incidents.add(event)

    def settle(self) -> None:
        """Take in what is told of groups when nothing more comes. Raises TooManyIncidentsError."""
        for event in self._grouping.settle():
            self._add(event)

    def _add(self, event: IncidentGroupEvent) -> None:
        known = self._groups.get(event.group)
        if known is None:
            if len(self._groups) >= episodes.MAX_EPISODES:
                raise TooManyIncidentsError(f"more than {episodes.MAX_EPISODES:,} groups: take a shorter time")
            known = _begun(event)
        worst = dict.fromkeys((*known.metrics, *(member.worst.metric for member in event.members)))
        self._groups[event.group] = replace(
            known,
            severity=max(known.severity, event.severity, key=RANK.__getitem__),
            metrics=tuple(worst),
            members=event.member_count,
            ended=event.ended_at if isinstance(event, IncidentGroupResolved) else None,
        )


def _begun(event: IncidentGroupEvent) -> Episode:
    return Episode(
        incident=event.group,
        entity=event.entity,
        place=printable(f"{event.dimension.value} {event.value}"),
        began=event.opened_at,
        told=event.time,
        severity=event.severity,
        metrics=(),
    )
