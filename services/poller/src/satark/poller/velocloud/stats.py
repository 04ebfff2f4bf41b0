"""The numbers of a link over an interval, as both of the orchestrator's APIs name them. Pure.

Source: 1.7 of the specification. The `best…` values are means over the interval of the best path's five-minute values;
bytes are totals of the interval; `bpsOfBestPath` is the measured bandwidth of the link, not a rate.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from satark.schemas.metrics import (
    BANDWIDTH_BPS_RX,
    BANDWIDTH_BPS_TX,
    JITTER_MS_RX,
    JITTER_MS_TX,
    LATENCY_MS_RX,
    LATENCY_MS_TX,
    LOSS_PCT_RX,
    LOSS_PCT_TX,
    THROUGHPUT_BPS_RX,
    THROUGHPUT_BPS_TX,
)

MAX_MS = 60_000.0
"""No packet that is a minute under way carries traffic: a number beyond was not measured, and would spoil every mean."""

MAX_COUNT = 1e18
"""More bytes or bits a second than any link carries: a number beyond is none of them."""

BEST: Mapping[str, tuple[str, float]] = {
    "bestLatencyMsRx": (LATENCY_MS_RX, MAX_MS),
    "bestLatencyMsTx": (LATENCY_MS_TX, MAX_MS),
    "bestJitterMsRx": (JITTER_MS_RX, MAX_MS),
    "bestJitterMsTx": (JITTER_MS_TX, MAX_MS),
    "bestLossPctRx": (LOSS_PCT_RX, 100.0),
    "bestLossPctTx": (LOSS_PCT_TX, 100.0),
}
"""Field, our name, and the largest value that means anything."""

BYTES = {"bytesRx": THROUGHPUT_BPS_RX, "bytesTx": THROUGHPUT_BPS_TX}
BANDWIDTH = {"bpsOfBestPathRx": BANDWIDTH_BPS_RX, "bpsOfBestPathTx": BANDWIDTH_BPS_TX}
FIELDS = (*BEST, *BYTES, *BANDWIDTH)
"""What is asked for."""

BITS = 8
Wrong = tuple[str, str]


def metrics_of(row: Mapping[str, Any], interval_s: float) -> tuple[dict[str, float], list[Wrong]]:
    """Return the metrics by our names, and the fields that cannot be used with the reason.

    Null is not zero: what is not there is absent. A row in which all of latency, jitter, loss and bytes are zero or
    absent says that nothing was measured (1.10: a true zero has traffic), so it gives no metrics at all.
    """
    wrong: list[Wrong] = []
    good: dict[str, float] = {}
    for field, (name, highest) in BEST.items():
        value = number(row, field, wrong, highest=highest)
        if value is not None:
            good[name] = value
    carried = {name: number(row, field, wrong, highest=MAX_COUNT) for field, name in BYTES.items()}
    if not any(good.values()) and not any(carried.values()):
        return {}, wrong
    if not good:
        return {}, wrong
    good |= {name: value * BITS / interval_s for name, value in carried.items() if value is not None}
    for field, name in BANDWIDTH.items():
        value = number(row, field, wrong, highest=MAX_COUNT)
        if value:
            good[name] = value
    return good, wrong


def number(row: Mapping[str, Any], field: str, wrong: list[Wrong], *, highest: float) -> float | None:
    """Return a field's number from 0 to `highest`, None where it is absent or null; note why it cannot be used."""
    value = row.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        wrong.append((field, "not_a_number"))
    elif not 0 <= value <= highest:
        wrong.append((field, "out_of_range"))
    else:
        return float(value)
    return None


def _finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:
        return False
