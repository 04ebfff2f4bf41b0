"""Baselines: what is normal, a row a metric and half-hour."""

from satark.analytics.ingest.mapping.origin import Origin, Values, microseconds
from satark.schemas.baselines import EntityBaseline

UINT32 = 2**32 - 1


def baseline_rows(event: EntityBaseline, origin: Origin) -> list[Values]:
    """Return rows of `baselines`; of two of one half-hour the later record counts."""
    time, until = microseconds(event.time), microseconds(event.until)
    return [
        (
            event.entity,
            metric,
            time,
            until,
            each.centre,
            each.low,
            each.high,
            each.limit,
            min(each.n, UINT32),
            each.state.value,
            each.method,
            event.id,
            *origin,
        )
        for metric, each in event.metrics.items()
    ]
