"""Samples of metrics: a row a value, and what is known of the entity."""

from itertools import repeat

from satark.analytics.ingest.mapping.origin import Origin, Values, microseconds
from satark.schemas.metrics import MetricSample

UINT32 = 2**32 - 1


def sample_rows(event: MetricSample, origin: Origin) -> list[Values]:
    """Return rows of `samples`: most of all rows are these, so they are zipped rather than written out."""
    about = (event.entity, event.kind)
    when = (microseconds(event.time), min(event.interval_s, UINT32))
    tail = (int(event.backfilled), event.id, *origin)
    names, values = event.metrics.keys(), event.metrics.values()
    return list(zip(*map(repeat, about), names, *map(repeat, when), values, *map(repeat, tail), strict=False))


def entity_row(event: MetricSample) -> Values:
    """Return the row of `entities`: however often it is written, the entity is one."""
    time = microseconds(event.time)
    return (event.entity, event.kind, event.labels, time, time)
