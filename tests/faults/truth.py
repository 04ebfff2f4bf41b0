"""What an estate must have come to, whatever was done to it: every sample once, one incident, one mail for each end."""

from collections import Counter
from datetime import datetime, timedelta

from satark.poller.telling.missing import is_missing
from satark.schemas import topics
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from satark.schemas.metrics import WAN_LINK, MetricSample
from satark.schemas.states import ORCHESTRATOR
from satark.simulators.vco.server import RunningVco
from satark.simulators.vco.times import from_ms, to_ms
from tests.support.estate import BUCKET, EDGE, LINK, Estate, doubles
from tests.support.waiting import eventually

SETTLE_BUCKETS = 5
"""So long after the last bad bucket the incident is over."""

Measured = dict[tuple[str, datetime], dict[str, float]]
"""The six numbers of a link by its id and the start of the five minutes."""


def measured(vco: RunningVco, begin: datetime, end: datetime) -> Measured:
    """Return what the links of a simulated orchestrator measured in the buckets that start in [begin, end)."""
    feed, now = vco.sim.orchestrator().feed, vco.sim.now
    return {
        (link.internal_id, from_ms(bucket.start_ms)): {str(name): value for name, value in bucket.values.items()}
        for enterprise in vco.sim.world.enterprises
        for edge in enterprise.edges
        for link in edge.links_at(now)
        for bucket in feed.buckets(edge, link, to_ms(begin), to_ms(end), now)
    }


async def link_samples(whole: Estate) -> list[MetricSample]:
    """Return the samples of all links, without those that say that a link was missed."""
    samples = [sample for sample in await whole.records(topics.METRICS) if sample.kind == WAN_LINK]
    return [sample for sample in samples if not is_missing(sample)]


async def failed_cycles_until(whole: Estate, count: int) -> None:
    """Wait until the poller's latest word on the orchestrator is that it could not read it so many times in a row."""

    async def counted() -> bool:
        found = [sample for sample in await whole.records(topics.METRICS) if sample.kind == ORCHESTRATOR]
        return [sample.metrics["failed_cycles"] for sample in found[-1:]] == [float(count)]

    await eventually(counted, 60, what=f"failed cycle {count}")


async def assert_every_sample_once(whole: Estate, last: int) -> None:
    """Everything that was measured up to a bucket is on the topic, once and with its values; and nothing else is."""
    samples = await link_samples(whole)
    first = min(sample.time for sample in samples)
    expected = measured(whole.vco, first, whole.begin + (last + 1) * BUCKET)
    found = {
        (sample.labels["link_id"], sample.time): {
            name: value for name, value in sample.metrics.items() if name in next(iter(expected.values()))
        }
        for sample in samples
    }

    missing, invented = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    changed = {key: (numbers, found[key]) for key, numbers in expected.items() if found.get(key, numbers) != numbers}

    assert first <= whole.begin - timedelta(hours=1), first
    assert doubles(await whole.records(topics.METRICS)) == {}
    assert len(samples) == len(found), "a link and time twice"
    assert missing == [], missing
    assert invented == [], invented
    assert changed == {}, changed


async def assert_told_once(whole: Estate) -> None:
    """The scripted incident was opened and resolved, with one mail each, and nobody heard of anything else."""
    opened, resolved = await whole.mails(2)
    told = await whole.incidents()
    # Who tells again after a crash does so under the same id (docs/adr/0019).
    incidents = list({event.id: event for event in told}.values())
    others = [e for e in incidents if e.kind == ORCHESTRATOR or e.labels["link"] != LINK]

    assert [mail.subject.split()[0] for mail in (opened, resolved)] == ["[OPENED]", "[RESOLVED]"], [opened, resolved]
    assert all(EDGE in mail.subject and LINK in mail.subject for mail in (opened, resolved))
    assert others == [], others
    assert Counter({IncidentOpened: 1, IncidentResolved: 1}) == Counter(
        type(event) for event in incidents if isinstance(event, IncidentOpened | IncidentResolved)
    )
    assert doubles(await whole.records(topics.NOTIFICATIONS)) == {}
