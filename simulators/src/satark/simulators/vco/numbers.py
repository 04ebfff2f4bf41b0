"""The numbers of a link over some buckets: means of levels, totals of what is counted (1.7)."""

from collections.abc import Collection, Mapping, Sequence
from math import fsum

from satark.simulators.vco.feed import Bucket
from satark.simulators.vco.topology import Link, Metric

BEST: Mapping[str, Metric] = {
    "bestJitterMsRx": "jitter_ms_rx",
    "bestJitterMsTx": "jitter_ms_tx",
    "bestLatencyMsRx": "latency_ms_rx",
    "bestLatencyMsTx": "latency_ms_tx",
    "bestLossPctRx": "loss_pct_rx",
    "bestLossPctTx": "loss_pct_tx",
}
BYTES_PER_PACKET = {"Rx": 260, "Tx": 210}
BYTES_PER_QUEUED_PACKET = {"Rx": 300, "Tx": 240}
BYTES_PER_CONTROL_PACKET = {"Rx": 90, "Tx": 80}
QUEUES = {"p1": 12, "p2": 31, "p3": 45}
CONTROL = 12
METRIC_NAMES = frozenset(
    {*BEST, "totalBytes", "totalPackets", "signalStrength"}
    | {
        f"{name}{way}"
        for way in ("Rx", "Tx")
        for name in (
            *("bytes", "packets", "controlBytes", "controlPackets", "bpsOfBestPath", "score"),
            *(f"{queue}{unit}" for queue in QUEUES for unit in ("Bytes", "Packets")),
        )
    }
)
SERIES_ONLY = frozenset({"maxIntervalBpsRx", "maxIntervalBpsTx", "minIntervalBpsRx", "minIntervalBpsTx"})
"""Metrics of the series call alone, since 6.4."""

ON_REQUEST = frozenset({"bestBwKbpsRx", "bestBwKbpsTx"})
"""Metrics that no row has unless it is asked for them."""

LEVELS = frozenset(BEST)


def link_numbers(
    link: Link, buckets: Sequence[Bucket], metrics: Collection[str] = METRIC_NAMES
) -> dict[str, float | None]:
    """Return the metrics asked for of a link over some buckets; without buckets all is 0."""
    best = {name: _mean(buckets, metric) for name, metric in BEST.items()}
    numbers: dict[str, float | None] = {name: value for name, value in best.items() if name in metrics}
    if LEVELS.issuperset(metrics):
        return numbers
    everything = _counted(link, buckets) | {
        f"score{way}": _mean_opinion(best[f"bestLatencyMs{way}"], best[f"bestLossPct{way}"]) for way in ("Rx", "Tx")
    }
    return numbers | {name: value for name, value in everything.items() if name in metrics}


def _mean(buckets: Sequence[Bucket], metric: Metric) -> float:
    if len(buckets) == 1:
        return buckets[0].values[metric]
    return fsum([bucket.values[metric] for bucket in buckets]) / len(buckets) if buckets else 0.0


def _counted(link: Link, buckets: Sequence[Bucket]) -> dict[str, float]:
    numbers: dict[str, float] = {"signalStrength": 0, "totalBytes": 0, "totalPackets": 0}
    for way in ("Rx", "Tx"):
        total = sum(bucket.bytes_rx if way == "Rx" else bucket.bytes_tx for bucket in buckets)
        numbers[f"bytes{way}"] = total
        numbers[f"packets{way}"] = total // BYTES_PER_PACKET[way]
        numbers["totalBytes"] += total
        numbers["totalPackets"] += numbers[f"packets{way}"]
        for queue, share in QUEUES.items():
            part = total * share // 100
            numbers[f"{queue}Bytes{way}"] = part
            numbers[f"{queue}Packets{way}"] = part // BYTES_PER_QUEUED_PACKET[way]
        numbers[f"controlBytes{way}"] = total * CONTROL // 100
        numbers[f"controlPackets{way}"] = total * CONTROL // 100 // BYTES_PER_CONTROL_PACKET[way]
        bps = link.profile.bps_rx if way == "Rx" else link.profile.bps_tx
        numbers[f"bpsOfBestPath{way}"] = bps
        numbers[f"bestBwKbps{way}"] = bps // 1000
    return numbers


def _mean_opinion(latency_ms: float, loss_pct: float) -> float:
    """Return a MOS of 1 to 4.4: the E-model (ITU-T G.107) with its defaults, reduced to delay and loss."""
    rating = max(93.2 - 0.024 * latency_ms - 2.5 * loss_pct, 0.0)
    return round(1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating), 4)
