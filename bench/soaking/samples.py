"""Whether each sample that the simulated orchestrator had is on the topic exactly once."""

from collections import Counter
from dataclasses import dataclass, field

from bench.soaking.week import Week, entity_of
from satark.poller.telling.missing import is_missing
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.schemas.codec import decode
from satark.schemas.metrics import WAN_LINK, MetricSample
from satark.schemas.topics import METRICS
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.timeline import Timeline, planned
from satark.simulators.vco.times import to_ms


@dataclass
class Counted:
    """How often each link's samples are there, by bucket.

    `backfilled` pages nobody, `others` are of daemons, `missing` say that a link has none; `values` are all numbers in all
    samples: each is a row of the store.
    """

    buckets: int
    links: dict[str, bytearray] = field(default_factory=dict)
    backfilled: int = 0
    others: int = 0
    missing: int = 0
    values: int = 0

    def take(self, week: Week, sample: MetricSample) -> None:
        """Count a sample; what is before the week is the poller's look back on its first start."""
        self.values += len(sample.metrics)
        if sample.kind != WAN_LINK:
            self.others += 1
            return
        if is_missing(sample):
            self.missing += 1
            return
        at = int(week.bucket(sample.time))
        if 0 <= at < self.buckets:
            self.backfilled += sample.backfilled
            self.links.setdefault(sample.entity, bytearray(self.buckets))[at] += 1


async def counted(kafka: KafkaSettings, week: Week) -> Counted:
    """Read the whole topic."""
    found = Counted(week.buckets)
    async for record in read_to_end(kafka, METRICS):
        found.take(week, decode(record.topic, record.value, record.headers))
    return found


def wanted(week: Week) -> dict[str, bytearray]:
    """Return how often each sample of each link must be there: once where the simulator has it, as it says itself."""
    timeline = Timeline.bound(planned(week.script, week.begin), week.world, 1)
    feed = Feed(week.world, timeline, 1)
    end = week.time(2 * week.buckets)
    found = {}
    for enterprise, edge, link in week.world.all_links():
        entity = entity_of(enterprise.logical_id, link.internal_id)
        if timeline.touches(link.internal_id):
            times = [to_ms(week.time(at)) for at in range(week.buckets)]
            found[entity] = bytearray(feed.bucket(edge, link, at, end) is not None for at in times)
        else:
            found[entity] = bytearray(b"\1") * week.buckets
    return found


def differences(right: dict[str, bytearray], found: dict[str, bytearray]) -> Counter[str]:
    """Count samples that are missing, that are there more than once, and that should not be there."""
    result: Counter[str] = Counter()
    for entity in right.keys() | found.keys():
        nothing = bytearray(len(next(iter(right.values()))))
        for want, have in zip(right.get(entity, nothing), found.get(entity, nothing), strict=True):
            if want != have:
                result["missing" if have < want else "doubled" if want else "strange"] += 1
    return result
