"""Samples: one entity at one time, with all its metrics.

An entity is anything that is measured: a WAN link today, the counters of a daemon's UVE tomorrow.
One event carries all metrics of one entity because a stream processor pays by the event, not by the number.
"""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier, instant
from satark.schemas.names import LABEL_PATTERN, METRIC_PATTERN

WAN_LINK = "wan-link"

LATENCY_MS_RX = "latency_ms_rx"
LATENCY_MS_TX = "latency_ms_tx"
JITTER_MS_RX = "jitter_ms_rx"
JITTER_MS_TX = "jitter_ms_tx"
LOSS_PCT_RX = "loss_pct_rx"
LOSS_PCT_TX = "loss_pct_tx"
THROUGHPUT_BPS_RX = "throughput_bps_rx"
THROUGHPUT_BPS_TX = "throughput_bps_tx"
BANDWIDTH_BPS_RX = "bandwidth_bps_rx"
BANDWIDTH_BPS_TX = "bandwidth_bps_tx"

WAN_LINK_METRICS = (LATENCY_MS_RX, LATENCY_MS_TX, JITTER_MS_RX, JITTER_MS_TX, LOSS_PCT_RX, LOSS_PCT_TX)

LabelName = Annotated[str, Meta(pattern=LABEL_PATTERN, max_length=64)]
LabelValue = Annotated[str, Meta(max_length=1024)]
EntityKey = Annotated[str, Meta(min_length=1, max_length=512)]
Time = Annotated[datetime, Meta(tz=True)]


class MetricSample(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was measured of one entity over one interval.

    A metric that was not measured is absent: it is never zero. Units are part of a metric's name.
    """

    id: Annotated[str, Meta(description="The same entity, interval and start always give the same id.")]
    entity: Annotated[EntityKey, Meta(description="The entity's key, also the Kafka key.")]
    kind: Annotated[str, Meta(description="What the entity is, for example wan-link.", max_length=64)]
    time: Annotated[Time, Meta(description="Start of the interval, UTC.")]
    interval_s: Annotated[int, Meta(description="Length of the interval in seconds.", gt=0)]
    # Patterns are for other readers of the contract; `codec.decode` checks a sample's names by `names`, which costs less.
    metrics: Annotated[
        dict[Annotated[str, Meta(max_length=128, extra_json_schema={"pattern": METRIC_PATTERN})], float],
        Meta(description="Value by metric name; the unit is in the name.", min_length=1, max_length=512),
    ]
    labels: Annotated[
        dict[Annotated[str, Meta(max_length=64, extra_json_schema={"pattern": LABEL_PATTERN})], LabelValue],
        Meta(description="Names a person knows the entity by: orchestrator, enterprise, edge, link.", max_length=64),
    ] = {}
    backfilled: Annotated[
        bool, Meta(description="Collected so late, after an outage, that nobody should be alarmed about it.")
    ] = False

    @classmethod
    def of(
        cls,
        *,
        entity: str,
        kind: str,
        time: datetime,
        interval_s: int,
        metrics: Mapping[str, float],
        labels: Mapping[str, str],
        backfilled: bool = False,
    ) -> "MetricSample":
        """Return the sample with its deterministic id.

        Raises ValueError for a naive time, no metrics at all, or a value that is not a finite number.
        """
        if not metrics:
            raise ValueError(f"a sample of {entity} without any metric says nothing")
        for name, value in metrics.items():
            if not isfinite(value):
                raise ValueError(f"metric {name} of {entity} is {value}, not a finite number")
        return cls(
            id=identifier("sample", entity, instant(time), str(interval_s)),
            entity=entity,
            kind=kind,
            time=time,
            interval_s=interval_s,
            metrics={name: float(value) for name, value in metrics.items()},
            labels=dict(labels),
            backfilled=backfilled,
        )
