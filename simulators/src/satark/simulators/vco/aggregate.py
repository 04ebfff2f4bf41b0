"""`monitoring/getAggregateEdgeLinkMetrics`: one row per recent link, means and totals of its buckets (1.7)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from statistics import fmean
from typing import Any, Literal

from satark.simulators.vco.errors import InvalidRequest
from satark.simulators.vco.feed import Bucket, Feed
from satark.simulators.vco.inventory import (
    HEARTBEAT,
    SERVICE_UP,
    SYSTEM_UP,
    LinkStatus,
    backup_state,
    link_status,
    serial_number,
)
from satark.simulators.vco.params import Window
from satark.simulators.vco.times import DAY, floor_to, iso
from satark.simulators.vco.topology import Edge, Enterprise, Link, Metric

Era = Literal["4.0", "4.2", "5.2", "6.4"]
"""4.0 and 4.2: no `linkLogicalId`, a numeric state, no link mode; 4.2 has v2 at `/sdwan`. 5.2: as the sample payloads,
v2 at `/api/sdwan/v2`. 6.4: as 5.2, and the series call knows the metrics of `SERIES_ONLY`."""

OLDER_ERAS: frozenset[Era] = frozenset({"4.0", "4.2"})

IdleRows = Literal["absent", "zeros", "nulls"]
"""How a row without any bucket looks: 1.14 (2) is open, so a client must survive all three."""

ShownLink = Callable[[Enterprise, Edge, Link], dict[str, Any]]

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

LATER_THAN_4_0 = ("linkLogicalId", "autoDualMode")
LATER_THAN_4_0_OF_LINK = ("linkIpV6Address", "linkMode", "linkBackupState")


def check_metrics(metrics: Sequence[str] | None, extra: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the metrics to show; none asked for means all but the `extra` ones.

    Raises InvalidRequest for a name that is no metric.
    """
    unknown = [
        ("ENUM_MISMATCH", f"No enum match for: {name}", f"#/metrics/{number}")
        for number, name in enumerate(metrics or ())
        if name not in METRIC_NAMES | extra
    ]
    if unknown:
        raise InvalidRequest("validation error", unknown)
    return frozenset(metrics) if metrics else METRIC_NAMES


def aggregate_rows(
    feed: Feed,
    enterprises: Collection[Enterprise],
    within: Window,
    now: datetime,
    *,
    metrics: frozenset[str] = METRIC_NAMES,
    era: Era = "5.2",
    idle: IdleRows = "absent",
    only_edge: Edge | None = None,
    shown_link: ShownLink | None = None,
) -> list[dict[str, Any]]:
    """Return a row for every link of some enterprises that was active in the last 24 hours, or of one edge only.

    `shown_link` makes the link object of a row; without it rows have the portal's `monitored_link`.
    """
    rows = []
    for enterprise in enterprises:
        for edge in enterprise.edges if only_edge is None else (only_edge,):
            for link in edge.links:
                status = link_status(feed, edge, link, now)
                if status.last_active <= now - DAY:
                    continue
                buckets = list(feed.buckets(edge, link, within.start_ms, within.end_ms, now))
                if buckets or idle != "absent":
                    numbers = link_numbers(link, buckets) if buckets or idle == "zeros" else dict.fromkeys(METRIC_NAMES)
                    chosen = {name: value for name, value in numbers.items() if name in metrics}
                    shown = (
                        shown_link(enterprise, edge, link)
                        if shown_link
                        else monitored_link(feed, enterprise, edge, link, status, now)
                    )
                    rows.append(metrics_row(link, status, chosen, shown, era))
    return rows


def metrics_row(
    link: Link, status: LinkStatus, numbers: Mapping[str, float | None], shown_link: dict[str, Any], era: Era
) -> dict[str, Any]:
    """Return a row of metrics with its link object, as a release writes it."""
    older = era in OLDER_ERAS
    row: dict[str, Any] = {
        "linkId": link.id,
        "linkLogicalId": link.internal_id,
        **numbers,
        "state": 0 if older else status.state,
        "name": link.interface,
        "link": shown_link,
        "autoDualMode": 0,
    }
    if older:
        row = {name: value for name, value in row.items() if name not in LATER_THAN_4_0}
        row["link"] = {name: value for name, value in shown_link.items() if name not in LATER_THAN_4_0_OF_LINK}
    return row


def link_numbers(link: Link, buckets: Sequence[Bucket]) -> dict[str, float | None]:
    """Return every metric of a link over some buckets: means of levels, totals of what is counted."""
    totals = {"Rx": sum(bucket.bytes_rx for bucket in buckets), "Tx": sum(bucket.bytes_tx for bucket in buckets)}
    best = {
        name: fmean(bucket.values[metric] for bucket in buckets) if buckets else 0.0 for name, metric in BEST.items()
    }
    numbers: dict[str, float | None] = dict(best)
    for way, total in totals.items():
        numbers[f"bytes{way}"] = total
        numbers[f"packets{way}"] = total // BYTES_PER_PACKET[way]
        for queue, share in QUEUES.items():
            part = total * share // 100
            numbers[f"{queue}Bytes{way}"] = part
            numbers[f"{queue}Packets{way}"] = part // BYTES_PER_QUEUED_PACKET[way]
        numbers[f"controlBytes{way}"] = total * CONTROL // 100
        numbers[f"controlPackets{way}"] = total * CONTROL // 100 // BYTES_PER_CONTROL_PACKET[way]
        numbers[f"score{way}"] = _mean_opinion(best[f"bestLatencyMs{way}"], best[f"bestLossPct{way}"])
    numbers["totalBytes"] = sum(totals.values())
    numbers["totalPackets"] = sum(total // BYTES_PER_PACKET[way] for way, total in totals.items())
    numbers["bpsOfBestPathRx"] = link.profile.bps_rx
    numbers["bpsOfBestPathTx"] = link.profile.bps_tx
    numbers["signalStrength"] = 0
    return numbers


def _mean_opinion(latency_ms: float, loss_pct: float) -> float:
    """Return a MOS of 1 to 4.4: the E-model (ITU-T G.107) with its defaults, reduced to delay and loss."""
    rating = max(93.2 - 0.024 * latency_ms - 2.5 * loss_pct, 0.0)
    return round(1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating), 4)


def monitored_link(
    feed: Feed, enterprise: Enterprise, edge: Edge, link: Link, status: LinkStatus, now: datetime
) -> dict[str, Any]:
    """Return the link object of an aggregate or status row."""
    since = feed.edge_down_since(edge, now)
    return {
        "enterpriseName": enterprise.name,
        "enterpriseId": enterprise.id,
        "enterpriseProxyId": None,
        "enterpriseProxyName": None,
        "edgeName": edge.name,
        "edgeState": "OFFLINE" if since else "CONNECTED",
        "edgeSystemUpSince": SYSTEM_UP,
        "edgeServiceUpSince": SERVICE_UP,
        "edgeLastContact": iso(since or floor_to(now, HEARTBEAT)),
        "edgeId": edge.id,
        "edgeSerialNumber": serial_number(edge),
        "edgeHASerialNumber": None,
        "edgeModelNumber": edge.model,
        "edgeLatitude": edge.site.lat,
        "edgeLongitude": edge.site.lon,
        "displayName": link.name,
        "isp": link.isp,
        "interface": link.interface,
        "internalId": link.internal_id,
        "linkState": status.state,
        "linkLastActive": iso(status.last_active),
        "linkVpnState": status.vpn_state,
        "linkId": link.id,
        "linkIpAddress": link.ip_address,
        "linkIpV6Address": "",
        "linkMode": link.mode,
        "linkBackupState": backup_state(link),
    }
