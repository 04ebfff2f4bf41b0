"""What the poller says of links without values: in how many looks in a row one was missed. Zero: it is back. Pure.

It is a sample of the link beside those of its values, which may still come late: so it has an id of its own, and the
ledger of what was published does not know it.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from satark.poller.schedule import Window
from satark.schemas.identifiers import identifier, instant
from satark.schemas.metrics import WAN_LINK, MetricSample

MISSING_CYCLES = "missing_cycles"

MAX_COUNT = 288
"""What has been missing for a day of five-minute samples is told no more: nobody learns anything from it."""


def missing(entity: str, labels: Mapping[str, str], window: Window, count: int) -> MetricSample:
    """Return the sample that says that a link was missed so many times in a row, last in this window."""
    sample = MetricSample.of(
        entity=entity,
        kind=WAN_LINK,
        time=window.start,
        interval_s=int((window.end - window.start).total_seconds()),
        metrics={MISSING_CYCLES: float(count)},
        labels=labels,
    )
    return replace(sample, id=identifier("missing", entity, instant(window.start)))


def is_missing(sample: MetricSample) -> bool:
    """Return whether a sample says that a link was missed, or is back."""
    return MISSING_CYCLES in sample.metrics
