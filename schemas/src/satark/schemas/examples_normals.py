"""An example of what is normal for a link."""

from satark.schemas.baselines import BaselineState, MetricBaseline
from satark.schemas.metrics import LATENCY_MS_RX, LOSS_PCT_RX


def normals() -> dict[str, MetricBaseline]:
    """Return what is normal for a link whose loss has been measured for an hour only."""
    watched = MetricBaseline(
        state=BaselineState.WATCHING, method="robust", n=4032, centre=20.0, low=17.0, high=23.0, limit=24.0
    )
    learnt = MetricBaseline(
        state=BaselineState.LEARNING, method="robust", n=12, limit=5.0, absolute=5.0, wanted_samples=24
    )
    return {LATENCY_MS_RX: watched, LOSS_PCT_RX: learnt}
