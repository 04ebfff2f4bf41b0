"""What a detector publishes of a time whose true incidents are known: simulated days, and a kept scene of the synthetic set.

Samples go through the detector's own detection and grouping, as `satark replay` drives them. What lies before the time
that counts is history, as the demo reads half a day of it at its start: it teaches what is usual, and nobody is told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from bench.scoring.wan import STEP_MIN, WEEK
from bench.scoring.wan import Scene as Synthetic
from satark.detector.detection.detection import Detection
from satark.detector.groups.model import GroupRules
from satark.detector.replay.grouping import Grouping
from satark.detector.replay.judging import Replay
from satark.detector.replay.sightings import Sighting
from satark.detector.rules import default_rulebook
from satark.notifier.events import Event
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.metrics import WAN_LINK, MetricSample
from satark.schemas.silences import Matcher, Silence
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.grid import grid
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.times import to_ms
from satark.simulators.vco.topology import METRICS, Edge, Enterprise, Link, World
from satark.simulators.vco.worlds import DEMO_SCRIPT, demo

START = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
HISTORY = timedelta(hours=12)
DAY = timedelta(days=1)
STEP = timedelta(minutes=STEP_MIN)
LAG = timedelta(minutes=10)
"""After this a sample is there to be read."""

SEED = 1
SETTLE = timedelta(seconds=GroupRules().settle_s)
ORCHESTRATOR = "vco.demo"


@dataclass(frozen=True, slots=True)
class Published:
    """An event, and when it came."""

    event: Event
    at: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """A time: how many incidents there truly were, what was published of it, and what was announced (maintenance)."""

    name: str
    true: int
    published: tuple[Published, ...]
    silences: tuple[Silence, ...] = ()


ROUGH = Script(
    incidents=(
        Incident(
            edge="E001-BR-00001",
            link="Fibre 1",
            kind="step",
            start_s=3_600,
            duration_s=5_400,
            add={"latency_ms_rx": 60},
        ),
        Incident(
            edge="E001-BR-00002",
            link="Cable 2",
            kind="bursty_loss",
            start_s=9_000,
            duration_s=7_200,
            add={"loss_pct_rx": 6},
        ),
        Incident(
            edge="E001-BR-00003",
            link="Cable 1",
            kind="ramp",
            start_s=14_400,
            duration_s=7_200,
            add={"latency_ms_rx": 90},
        ),
        Incident(
            isp="Muster Netz",
            kind="step",
            start_s=25_200,
            duration_s=3_600,
            add={"latency_ms_rx": 80, "loss_pct_rx": 4},
        ),
        Incident(
            edge="E001-BR-00005",
            link="Broadband 2",
            kind="jitter_burst",
            start_s=32_400,
            duration_s=5_400,
            add={"jitter_ms_rx": 45},
        ),
        Incident(
            edge="E001-BR-00006",
            link="Broadband 1",
            kind="step",
            start_s=36_000,
            duration_s=1_800,
            add={"loss_pct_tx": 5},
        ),
        Incident(
            edge="E001-BR-00001",
            link="Fibre 1",
            kind="step",
            start_s=43_200,
            duration_s=2_700,
            add={"latency_ms_tx": 45},
        ),
        Incident(
            edge="E001-BR-00009",
            link="Broadband 2",
            kind="step",
            start_s=50_400,
            duration_s=28_800,
            add={"latency_ms_rx": 120},
        ),
        Incident(isp="Specimen Cable", kind="step", start_s=61_200, duration_s=5_400, add={"loss_pct_rx": 3}),
        Incident(
            edge="E001-BR-00012",
            link="Fibre 2",
            kind="step",
            start_s=72_000,
            duration_s=3_600,
            add={"jitter_ms_rx": 40},
        ),
    )
)
"""Ten incidents of a day: eight of one link, and two of all links of a provider."""


def demo_day() -> Scene:
    """Return a day of `satark up --demo`."""
    return simulated("the demo's day", demo(START), DEMO_SCRIPT)


def rough_day() -> Scene:
    """Return a day of twelve edges with two links each, on which ten things go wrong."""
    return simulated("a rough day, 24 links", grid(1, 12, 2), ROUGH)


def simulated(name: str, world: World, script: Script) -> Scene:
    """Return a day of a simulated world. Its links with values count; what is down is the poller's to tell."""
    feed = Feed(world, Timeline.of(script, world, start=START, seed=SEED), SEED)
    begin, end = START - HISTORY, START + DAY
    steps = (begin + number * STEP for number in range((end - begin) // STEP))
    batches = ([*_of_world(feed, time)] for time in steps)
    return Scene(name, len(script.incidents), tuple(published(batches)))


def synthetic_week(scene: Synthetic, *, week: int = 1) -> Scene:
    """Return a week of a kept scene, the weeks before it as history; announced maintenance is silenced."""
    first, last = week * WEEK, (week + 1) * WEEK
    batches = ([*_of_scene(scene, place, is_history=place < first)] for place in range(last))
    during = (scene.incidents[:, 2] > first) & (scene.incidents[:, 1] < last)
    name = f"a week of the synthetic set, {scene.links} links"
    return Scene(name, int(during.sum()), tuple(published(batches)), tuple(_maintenance(scene)))


def published(batches: Iterable[Sequence[Sighting]]) -> Iterator[Published]:
    """Yield what the detector publishes of samples, a look at a time."""
    replay, grouping = Replay(Detection(default_rulebook())), Grouping()
    for batch in batches:
        events = replay.feed(batch)
        if not events:
            continue
        at = max(sighting.at for sighting in batch)
        for event in [*grouping.weave(events), *grouping.settle()]:
            yield Published(event, at + SETTLE if isinstance(event, IncidentGroupEvent) else at)


def _of_world(feed: Feed, time: datetime) -> Iterator[Sighting]:
    at = time + LAG
    for enterprise, edge, link in feed.world.all_links():
        bucket = feed.bucket(edge, link, to_ms(time), at)
        if bucket is not None:
            values: dict[str, float] = {metric: float(bucket.values[metric]) for metric in METRICS}
            yield Sighting(_sample(_labels(enterprise, edge, link), time, values, is_history=time < START), at)


def _of_scene(scene: Synthetic, place: int, *, is_history: bool) -> Iterator[Sighting]:
    time = datetime.fromtimestamp(int(scene.times[place]), UTC)
    for link in range(scene.links):
        known = np.isfinite(scene.values[place, :, link])
        if known.any():
            column = scene.values[place, :, link]
            values: dict[str, float] = {metric: float(column[row]) for row, metric in enumerate(METRICS) if known[row]}
            yield Sighting(_sample(_place(link), time, values, is_history=is_history), time + LAG)


def _sample(labels: dict[str, str], time: datetime, metrics: Mapping[str, float], *, is_history: bool) -> MetricSample:
    return MetricSample.of(
        entity=f"{WAN_LINK}/{ORCHESTRATOR}/{labels['enterprise_id']}/{labels['link_id']}",
        kind=WAN_LINK,
        time=time,
        interval_s=int(STEP.total_seconds()),
        metrics=dict(metrics),
        labels=labels,
        backfilled=is_history,
    )


def _labels(enterprise: Enterprise, edge: Edge, link: Link) -> dict[str, str]:
    return {
        "orchestrator": ORCHESTRATOR,
        "enterprise": enterprise.name,
        "enterprise_id": enterprise.logical_id,
        "edge": edge.name,
        "edge_id": edge.logical_id,
        "link": link.name,
        "link_id": link.internal_id,
        "interface": link.interface,
        "isp": link.isp,
        "site": f"{edge.site.city} {edge.name}",
        "timezone": edge.site.timezone,
    }


def _place(link: int) -> dict[str, str]:
    """Return what a link of the synthetic set is called, for it names none: all are by themselves."""
    name = f"{link:03d}"
    return {"orchestrator": ORCHESTRATOR, "enterprise_id": "1", "edge": f"E{name}", "link": name, "link_id": name}


def _maintenance(scene: Synthetic) -> Iterator[Silence]:
    for link, start, end in scene.maintenance:
        begins = datetime.fromtimestamp(int(scene.times[start]), UTC)
        ends = begins + int(end - start) * STEP + LAG + STEP
        matchers = [Matcher(name="link_id", pattern=f"{link:03d}")]
        yield Silence.of(matchers=matchers, starts=begins, ends=ends, time=begins, by="bench", comment="maintenance")
