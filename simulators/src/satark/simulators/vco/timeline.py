"""A script bound to a world and a start time: what each incident does to each bucket and each state."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from satark.simulators.vco.noise import draws
from satark.simulators.vco.scenario import OUTAGES, Incident, Script, affected, affected_edges, check_script
from satark.simulators.vco.times import from_ms
from satark.simulators.vco.topology import Metric, World

NOTHING: Mapping[Metric, float] = {}


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One incident with its absolute times (end exclusive) and the internal ids of its links."""

    number: int
    incident: Incident
    begins: datetime
    ends: datetime
    links: frozenset[str]
    edges: frozenset[int] = frozenset()

    def outages(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the intervals in which this incident keeps its links down, of what touches [start, end)."""
        if self.incident.kind != "flap":
            if self.incident.kind in OUTAGES and self.begins < end and self.ends >= start:
                yield self.begins, self.ends
            return
        period = timedelta(seconds=self.incident.period_s)
        begins = self.begins + max((start - self.begins) // period, 0) * period
        while begins < min(self.ends, end):
            yield begins, min(begins + period / 2, self.ends)
            begins += period

    def state(self, now: datetime) -> Literal["pending", "active", "over"]:
        """Say where the incident is."""
        if now < self.begins:
            return "pending"
        return "active" if now < self.ends else "over"

    def down_since(self, when: datetime) -> datetime | None:
        """Return since when this incident keeps its links down, or None when it does not."""
        if self.incident.kind not in OUTAGES or not self.begins <= when < self.ends:
            return None
        if self.incident.kind != "flap":
            return self.begins
        period = timedelta(seconds=self.incident.period_s)
        phase = (when - self.begins) % period
        return when - phase if phase < period / 2 else None

    def share(self, when: datetime, draw: float) -> float:
        """Return the part of the increase that holds at a time; `draw` is uniform in [0, 1)."""
        if self.incident.kind in OUTAGES or not self.begins <= when < self.ends:
            return 0.0
        progress = (when - self.begins) / (self.ends - self.begins)
        match self.incident.kind:
            case "ramp":
                return progress
            case "spike":
                return 1 - progress
            case "jitter_burst":
                return 0.5 + draw
            case "bursty_loss":
                return 1.0 if draw < 0.5 else 0.0  # noqa: PLR2004 - every second bucket
            case _:
                return 1.0


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
        """Bind a script.

        Raises ScriptError when the script contradicts itself or names what the world does not have.
        """
        check_script(script, world, source)
        return cls(
            seed,
            tuple(
                Scheduled(
                    number=number,
                    incident=incident,
                    begins=start + timedelta(seconds=incident.start_s),
                    ends=start + timedelta(seconds=incident.start_s + incident.duration_s),
                    links=affected(incident, world),
                    edges=affected_edges(incident, world),
                )
                for number, incident in enumerate(script.incidents)
            ),
        )

    def increase(self, link_id: str, bucket_ms: int) -> Mapping[Metric, float]:
        """Return what the incidents add to a link's bucket, by metric."""
        incidents = self._by_link.get(link_id)
        if incidents is None:
            return NOTHING
        total: dict[Metric, float] = {}
        when = from_ms(bucket_ms)
        for one in incidents:
            if one.begins <= when < one.ends:
                share = one.share(when, draws(self.seed, f"{link_id}#{one.number}", bucket_ms)[0])
                for metric, amount in one.incident.add.items():
                    total[metric] = total.get(metric, 0.0) + share * amount
        return total

    def link_down_since(self, link_id: str, when: datetime) -> datetime | None:
        """Return since when a link is down because of an incident, or None when it is up."""
        return _first(one.down_since(when) for one in self._by_link.get(link_id, ()))

    def edge_down_since(self, edge_id: int, when: datetime) -> datetime | None:
        """Return since when an edge is offline because of an incident, or None when it is not."""
        return _first(one.down_since(when) for one in self._by_edge.get(edge_id, ()))

    def link_outages(self, link_id: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield when a link itself, not its edge, is down, of what touches [start, end)."""
        for one in self._by_link.get(link_id, ()):
            if one.incident.kind != "edge_offline":
                yield from one.outages(start, end)

    def edge_outages(self, edge_id: int, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield when an edge is offline, of what touches [start, end)."""
        for one in self._by_edge.get(edge_id, ()):
            yield from one.outages(start, end)


def _first(times: Iterable[datetime | None]) -> datetime | None:
    return min((when for when in times if when is not None), default=None)
