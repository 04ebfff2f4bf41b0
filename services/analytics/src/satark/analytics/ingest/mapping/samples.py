"""Samples of metrics: a row a value, and what is known of the entity."""

from satark.analytics.ingest.mapping.origin import Origin, Values, microseconds
from satark.schemas.metrics import MetricSample


def sample_rows(event: MetricSample, origin: Origin) -> list[Values]:
    """Return rows of `samples`."""
    entity, kind, time = event.entity, event.kind, microseconds(event.time)
    tail = (int(event.backfilled), event.id, *origin)
    interval = min(event.interval_s, 2**32 - 1)
    return [(entity, kind, metric, time, interval, value, *tail) for metric, value in event.metrics.items()]


def entity_row(event: MetricSample) -> Values:
    """Return the row of `entities`: however often it is written, the entity is one."""
    time = microseconds(event.time)
    return (event.entity, event.kind, event.labels, time, time)
