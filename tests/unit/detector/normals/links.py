"""Samples of links, and what is normal for them."""

from datetime import UTC, datetime, timedelta

from satark.detector.normals.beat import slot_of
from satark.schemas.baselines import BaselineState, EntityBaseline, MetricBaseline
from satark.schemas.metrics import LATENCY_MS_RX, LOSS_PCT_RX, WAN_LINK, MetricSample

EPOCH = datetime(2026, 3, 9, tzinfo=UTC)


def sample(bucket: int, link: int = 0) -> MetricSample:
    """Return the sample of a link in a bucket of five minutes."""
    return MetricSample(
        id=f"{bucket}/{link}",
        entity=f"wan-link/vco/4101/link-{link}",
        kind=WAN_LINK,
        time=EPOCH + bucket * timedelta(minutes=5),
        interval_s=300,
        metrics={LATENCY_MS_RX: 20.0},
        labels={"edge": f"PUNE-{link}", "link": "Broadband B"},
    )


def baseline(one: MetricSample, state: BaselineState = BaselineState.WATCHING) -> EntityBaseline:
    """Return what is normal for a link at its sample; its loss is learnt or watched."""
    watched = MetricBaseline(
        state=BaselineState.WATCHING, method="robust", n=576, centre=20.0, low=17.5, high=22.25, limit=24.0
    )
    learnt = MetricBaseline(state=state, method="robust", n=12, limit=5.0, absolute=5.0, wanted_samples=24)
    return EntityBaseline.of(
        entity=one.entity,
        kind=one.kind,
        time=slot_of(one.time),
        metrics={LATENCY_MS_RX: watched, LOSS_PCT_RX: learnt if state is BaselineState.LEARNING else watched},
        labels=one.labels,
    )
