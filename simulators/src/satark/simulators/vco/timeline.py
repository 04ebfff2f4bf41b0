"""A script bound to a world and a start time: what each incident does to each bucket and each state."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from satark.simulators.vco.noise import draws
from satark.simulators.vco.scenario import SILENT, Incident, Script, ScriptError, contradictions
from satark.simulators.vco.scheduled import Scheduled
from satark.simulators.vco.targets import affected, affected_edges, strangers
from satark.simulators.vco.times import from_ms
from satark.simulators.vco.topology import Link, Metric, World

NOTHING: Mapping[Metric, float] = {}
Planned = Sequence[tuple[Incident, datetime]]
"""Incidents and the times they begin."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """All incidents of a run, found by link and by edge."""

    seed: int
    scheduled: tuple[Scheduled, ...]
    _by_link: Mapping[str, tuple[Scheduled, ...]] = field(init=False, repr=False, compare=False)
    _by_edge: Mapping[int, tuple[Scheduled, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_link: dict[str, tuple[Scheduled, ...]] = {}
        by_edge: dict[int, tuple[Scheduled, ...]] = {}
        for one in self.scheduled:
            for link_id in one.links:
                by_link[link_id] = (*by_link.get(link_id, ()), one)
            for edge_id in one.edges if one.incident.kind == "edge_offline" else ():
                by_edge[edge_id] = (*by_edge.get(edge_id, ()), one)
        object.__setattr__(self, "_by_link", by_link)
        object.__setattr__(self, "_by_edge", by_edge)

    @classmethod
    def of(cls, script: Script, world: World, *, start: datetime, seed: int, source: str = "script") -> "Timeline":
        """Check and bind a script.

        Raises ScriptError when the script contradicts itself or names what the world does not have.
        """
        check_script(script, world, source)
        return cls.bound(planned(script, start), world, seed)

    @classmethod
    def bound(cls, plan: Planned, world: World, seed: int) -> "Timeline":
        """Bind planned incidents to a world."""
        return cls(
            seed,
            tuple(
                Scheduled(
                    number=number,
                    incident=incident,
                    begins=begins,
                    ends=None if incident.duration_s is None else begins + timedelta(seconds=incident.duration_s),
                    links=affected(incident, world),
                    edges=affected_edges(incident, world),
                )
                for number, (incident, begins) in enumerate(plan)
            ),
        )

    def touches(self, link_id: str) -> bool:
        """Return whether any incident is ever about a link or its edge."""
        return link_id in self._by_link

    def increase(self, link_id: str, bucket_ms: int, utc_offset_h: float = 0.0) -> Mapping[Metric, float]:
        """Return what the incidents add to a link's bucket, by metric."""
        incidents = self._by_link.get(link_id)
        if incidents is None:
            return NOTHING
        total: dict[Metric, float] = {}
        when = from_ms(bucket_ms)
        for one in incidents:
            amounts = one.incident.add or one.incident.shift
            if amounts and one.lasts(when):
                share = one.share(when, draws(self.seed, f"{link_id}#{one.number}", bucket_ms)[0], utc_offset_h)
                for metric, amount in amounts.items():
                    total[metric] = total.get(metric, 0.0) + share * amount
        return total

    def zeros(self, link_id: str, when: datetime) -> bool:
        """Return whether all metrics of a link are quantised to zero."""
        return any(one.incident.kind == "zeros" and one.lasts(when) for one in self._by_link.get(link_id, ()))

    def silent(self, link_id: str, when: datetime) -> bool:
        """Return whether a link that is up has nothing to report: standby or idle."""
        return any(one.incident.kind in SILENT and one.lasts(when) for one in self._by_link.get(link_id, ()))

    def mode(self, link: Link, when: datetime) -> str:
        """Return the link mode: an incident can make a link a hot standby."""
        for one in self._by_link.get(link.internal_id, ()):
            if one.incident.kind == "standby" and one.lasts(when):
                return "HOTSTANDBY"
        return link.mode

    def link_down_since(self, link_id: str, when: datetime, *, alone: bool = False) -> datetime | None:
        """Return since when a link is down because of an incident, or None; `alone`: not with its edge."""
        if link_id not in self._by_link:
            return None
        return _first(
            one.down_since(when)
            for one in self._by_link.get(link_id, ())
            if not (alone and one.incident.kind == "edge_offline")
        )

    def edge_down_since(self, edge_id: int, when: datetime) -> datetime | None:
        """Return since when an edge is offline because of an incident, or None when it is not."""
        if edge_id not in self._by_edge:
            return None
        return _first(one.down_since(when) for one in self._by_edge.get(edge_id, ()))

    def uploaded_at(self, edge_id: int, when: datetime) -> datetime | None:
        """Return when an edge, offline at a time, uploads what it measured then; None when it never does."""
        offline = [one for one in self._by_edge.get(edge_id, ()) if one.lasts(when)]
        if not offline or not all(one.incident.buffered for one in offline):
            return None
        return max((one.ends for one in offline if one.ends is not None), default=None)

    def link_outages(self, link_id: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield when a link itself, not its edge, is down, of what touches [start, end)."""
        for one in self._by_link.get(link_id, ()):
            if one.incident.kind != "edge_offline":
                yield from one.outages(start, end)

    def edge_outages(self, edge_id: int, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield when an edge is offline, of what touches [start, end)."""
        for one in self._by_edge.get(edge_id, ()):
            yield from one.outages(start, end)


def planned(script: Script, start: datetime) -> list[tuple[Incident, datetime]]:
    """Return the incidents of a script with the times they begin, counted from `start`."""
    return [(incident, start + timedelta(seconds=incident.start_s)) for incident in script.incidents]


def check_script(script: Script, world: World, source: str) -> None:
    """Refuse a script that contradicts itself or the world.

    Raises ScriptError with all mistakes.
    """
    found = tuple(
        f"$.incidents[{number}]: {mistake}"
        for number, incident in enumerate(script.incidents)
        for mistake in (*contradictions(incident), *strangers(incident, world))
    )
    if found:
        raise ScriptError(source, found)


def _first(times: Iterable[datetime | None]) -> datetime | None:
    return min((when for when in times if when is not None), default=None)
