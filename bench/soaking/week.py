"""The script of a soak: which links go bad when and how, what the simulated orchestrator shows of it, what must be told.

Everything here follows from the numbers of links and of five-minute buckets, so that two soaks of a size are the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from itertools import cycle
from random import Random

import msgspec
from msgspec.structs import replace

from satark.simulators.vco.grid import grid
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.topology import Metric, World

BUCKET_S = 300
BUCKET = timedelta(seconds=BUCKET_S)
DAY = 288
ORCHESTRATOR = "vco.soak"
LINKS_OF_AN_EDGE = 2
MANY_LINKS = 200
ENTERPRISES = 4
"""Of a world with many links; one with few has a single customer."""

GAP = 8
"""Buckets from one beginning to the next: further apart than incidents of one cause."""

TAIL = 24
"""Buckets at the end without anything new, in which all that lasts comes to its end."""

OUTAGES_A_DAY = 1
PROVIDER = "Specimen Cable"
BAD: Mapping[Metric, float] = {"latency_ms_rx": 60, "jitter_ms_rx": 25, "loss_pct_rx": 3}


class Expected(Enum):
    """What must be told of an episode."""

    ONE = "one incident"
    SOME = "at least one incident"
    NONE = "nothing"
    GROUP = "one group of all its links"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of episode: `parts` are incidents of the simulator, their times from the episode's begin."""

    name: str
    buckets: int
    expected: Expected
    parts: tuple[Incident, ...]
    in_maintenance: bool = False


def lasting(buckets: int, kind: str = "step", *, after: int = 0, **more: object) -> Incident:
    """Return an incident of the simulator that lasts for some buckets, some after the begin of its episode."""
    return Incident(kind=kind, start_s=after * BUCKET_S, duration_s=buckets * BUCKET_S, **more)  # type: ignore[arg-type]


STEP = Kind("step", 18, Expected.ONE, (lasting(18, add=dict(BAD)),))
KINDS = (
    STEP,
    Kind("spike", 1, Expected.NONE, (lasting(1, add={"latency_ms_rx": 90}),)),
    Kind("loss", 18, Expected.ONE, (lasting(18, add={"loss_pct_rx": 8}),)),
    Kind("maintenance", 18, Expected.NONE, STEP.parts, in_maintenance=True),
    Kind("ramp", 30, Expected.ONE, (lasting(30, "ramp", add={"latency_ms_rx": 120}),)),
    Kind("down", 18, Expected.ONE, (lasting(18, "link_down"),)),
    Kind("flap", 24, Expected.NONE, (lasting(24, "flap", period_s=4.0 * BUCKET_S),)),
    Kind("jitter", 24, Expected.ONE, (lasting(24, "jitter_burst", add={"jitter_ms_rx": 40}),)),
    Kind("latency", 24, Expected.ONE, (lasting(24, add={"latency_ms_rx": 80}),)),
    Kind("wobble", 42, Expected.SOME, tuple(lasting(6, after=at, add=dict(BAD)) for at in (0, 12, 24, 36))),
)
OUTAGE = Kind("provider", 36, Expected.GROUP, (lasting(36, add=dict(BAD)),))


@dataclass(frozen=True, slots=True)
class Episode:
    """Something that happens to links, from a bucket on and for some."""

    kind: Kind
    begin: int
    entities: tuple[str, ...]
    edge: str = ""
    scope: Mapping[str, str] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """The first bucket after it."""
        return self.begin + self.kind.buckets

    def incidents(self) -> Iterator[Incident]:
        """Yield what the simulator is to do; times count from the first bucket of the week."""
        for part in self.kind.parts:
            yield replace(part, start_s=self.begin * BUCKET_S + part.start_s, **self.scope)


@dataclass(frozen=True, slots=True)
class Week:
    """A world, and what happens in it from `begin` on; `buckets` long, whatever its name says."""

    world: World
    begin: datetime
    buckets: int
    episodes: tuple[Episode, ...]

    @property
    def script(self) -> Script:
        """What the simulated orchestrator is told."""
        return Script(incidents=tuple(one for episode in self.episodes for one in episode.incidents()))

    @property
    def script_json(self) -> bytes:
        """The script as the simulator reads it."""
        return msgspec.json.encode(self.script)

    @property
    def rules(self) -> str:
        """The file of rules with the windows of maintenance."""
        windows = [_window(episode, self.begin) for episode in self.episodes if episode.kind.in_maintenance]
        return "".join(["version: 1\n", *(["maintenance:\n", *windows] if windows else [])])

    def time(self, bucket: int) -> datetime:
        """Return when a bucket starts."""
        return self.begin + bucket * BUCKET

    def bucket(self, time: datetime) -> float:
        """Return in which bucket a time lies."""
        return (time - self.begin) / BUCKET


def world_of(links: int) -> World:
    """Return a world of about so many links: two an edge, several customers where there are many."""
    enterprises = ENTERPRISES if links >= MANY_LINKS else 1
    return grid(enterprises, max(1, links // (enterprises * LINKS_OF_AN_EDGE)), LINKS_OF_AN_EDGE)


def week(links: int, buckets: int, begin: datetime, *, learning: int = DAY, seed: int = 1) -> Week:
    """Return a week of so many buckets: after some for learning something begins every forty minutes.

    Once a day a provider is in trouble, each time with another customer; its links there have nothing else.
    """
    world = world_of(links)
    first, last = learning, buckets - TAIL
    outages = list(_outages(world, first, last))
    taken = {entity for outage in outages for entity in outage.entities}
    return Week(world, begin, buckets, (*outages, *_singles(world, first, last, taken, seed)))


def entity_of(logical_id: str, internal_id: str) -> str:
    """Return the key of a link's entity."""
    return f"wan-link/{ORCHESTRATOR}/{logical_id}/{internal_id}"


def _outages(world: World, first: int, last: int) -> Iterator[Episode]:
    begins = range(first + GAP // 2, last - OUTAGE.buckets, DAY // OUTAGES_A_DAY)
    for enterprise, begin in zip(world.enterprises, begins, strict=False):
        entities = [
            entity_of(enterprise.logical_id, link.internal_id)
            for edge in enterprise.edges
            for link in edge.links
            if link.isp == PROVIDER
        ]
        yield Episode(OUTAGE, begin, tuple(entities), scope={"isp": PROVIDER, "enterprise": enterprise.name})


def _singles(world: World, first: int, last: int, taken: set[str], seed: int) -> Iterator[Episode]:
    """Yield episodes of one link each, evenly where links are few: no link has two, so that no story depends on another."""
    places = [
        (entity, edge.name, link.name)
        for enterprise in world.enterprises
        for edge in enterprise.edges
        for link in edge.links
        if (entity := entity_of(enterprise.logical_id, link.internal_id)) not in taken
    ]
    Random(seed).shuffle(places)  # noqa: S311 - a story, not a secret
    gap = max(GAP, (last - first) // len(places)) if places else GAP
    fitting: Sequence[Kind] = [kind for kind in KINDS if first + kind.buckets <= last]
    for begin, kind, (entity, edge, link) in zip(range(first, last, gap), cycle(fitting), places, strict=False):
        if begin + kind.buckets <= last:
            yield Episode(kind, begin, (entity,), edge, {"edge": edge, "link": link})


def _window(episode: Episode, begin: datetime) -> str:
    since, until = begin + (episode.begin - 1) * BUCKET, begin + (episode.end + 1) * BUCKET
    return (
        f"  - name: {episode.edge} at {episode.begin}\n"
        f"    match: {{labels: {{edge: {episode.edge}}}}}\n"
        f"    from: {since:%Y-%m-%dT%H:%M}\n"
        f"    to: {until:%Y-%m-%dT%H:%M}\n"
    )
