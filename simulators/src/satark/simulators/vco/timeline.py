"""A script bound to a world and a start time: what each incident does to each bucket and each state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from satark.simulators.vco.noise import draws
from satark.simulators.vco.scenario import OUTAGES, Incident, Script, affected, check_script
from satark.simulators.vco.times import from_ms
from satark.simulators.vco.topology import Metric, World


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One incident with its absolute times (end exclusive) and the internal ids of its links."""

    number: int
    incident: Incident
    begins: datetime
    ends: datetime
    links: frozenset[str]

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
    """All incidents of a run."""

    seed: int
    scheduled: tuple[Scheduled, ...]

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
                )
                for number, incident in enumerate(script.incidents)
            ),
        )

    def increase(self, link_id: str, bucket_ms: int) -> Mapping[Metric, float]:
        """Return what the incidents add to a link's bucket, by metric."""
        total: dict[Metric, float] = {}
        when = from_ms(bucket_ms)
        for one in self.scheduled:
            if link_id in one.links and one.begins <= when < one.ends:
                share = one.share(when, draws(self.seed, f"{link_id}#{one.number}", bucket_ms)[0])
                for metric, amount in one.incident.add.items():
                    total[metric] = total.get(metric, 0.0) + share * amount
        return total

    def link_down_since(self, link_id: str, when: datetime) -> datetime | None:
        """Return since when a link is down because of an incident, or None when it is up."""
        return _first(one.down_since(when) for one in self.scheduled if link_id in one.links)

    def edge_down_since(self, edge_links: frozenset[str], when: datetime) -> datetime | None:
        """Return since when an edge is offline because of an incident, or None when it is not."""
        return _first(
            one.down_since(when)
            for one in self.scheduled
            if one.incident.kind == "edge_offline" and one.links & edge_links
        )


def _first(times: Iterable[datetime | None]) -> datetime | None:
    return min((when for when in times if when is not None), default=None)
