"""Examples that go with an incident: a person's word that it is over, and what was normal before it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from satark.schemas.baselines import BaselineState, MetricBaseline
from satark.schemas.closings import IncidentClosed
from satark.schemas.metrics import LATENCY_MS_RX, LOSS_PCT_RX, WAN_LINK


def closed(entity: str, incident: str, labels: Mapping[str, str], begin: datetime, step: timedelta) -> IncidentClosed:
    """Return a person's word that the link's incident is over, two steps after it began."""
    return IncidentClosed.of(
        entity=entity,
        incident=incident,
        kind=WAN_LINK,
        interval_s=int(step.total_seconds()),
        time=begin + 2 * step,
        by="alice",
        because="the link was taken down for good",
        labels=dict(labels),
    )


def normals() -> dict[str, MetricBaseline]:
    """Return what is normal for a link whose loss has been measured for an hour only."""
    watched = MetricBaseline(
        state=BaselineState.WATCHING, method="robust", n=4032, centre=20.0, low=17.0, high=23.0, limit=24.0
    )
    learnt = MetricBaseline(
        state=BaselineState.LEARNING, method="robust", n=12, limit=5.0, absolute=5.0, wanted_samples=24
    )
    return {LATENCY_MS_RX: watched, LOSS_PCT_RX: learnt}
