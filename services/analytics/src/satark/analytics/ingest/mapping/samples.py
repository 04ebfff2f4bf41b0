"""Samples of metrics: a row a value, and what is known of the entity."""

from itertools import repeat

from satark.analytics.ingest.mapping.origin import Origin, Values
from satark.schemas.metrics import MetricSample

UINT32 = 2**32 - 1


def sample_rows(event: MetricSample, time: int, origin: Origin) -> list[Values]:
    """Return rows of `samples`: most of all rows are these, so they are zipped rather than written out."""
    names, values = event.metrics.keys(), event.metrics.values()
    return list(
        zip(
            repeat(event.entity),
            repeat(event.kind),
            names,
            repeat(time),
            repeat(min(event.interval_s, UINT32)),
            values,
            repeat(int(event.backfilled)),
            repeat(event.id),
            *map(repeat, origin),
            strict=False,
        )
    )


def entity_row(event: MetricSample, time: int, before: Values | None) -> Values:
    """Return the row of `entities` over what was seen before: labels as last told, from the first time to the last.

    However often it is written, the entity is one.
    """
    if before is None:
        return (event.entity, event.kind, event.labels, time, time)
    return (event.entity, event.kind, event.labels, min(before[3], time), max(before[4], time))
