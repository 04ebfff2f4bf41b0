"""`monitoring/getAggregateEdgeLinkMetrics`: one row per recent link, means and totals of its buckets (1.7)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from satark.simulators.vco.errors import InvalidRequest
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.inventory import (
    HEARTBEAT,
    SERVICE_UP,
    SYSTEM_UP,
    LinkStatus,
    backup_state,
    edge_state,
    link_status,
    serial_number,
)
from satark.simulators.vco.numbers import METRIC_NAMES, ON_REQUEST, link_numbers
from satark.simulators.vco.params import Window
from satark.simulators.vco.times import DAY, floor_to, iso
from satark.simulators.vco.topology import Edge, Enterprise, Link

Era = Literal["4.0", "4.2", "5.2", "6.4"]
"""4.0 and 4.2: no `linkLogicalId`, a numeric state, no link mode; 4.2 has v2 at `/sdwan`. 5.2: as the sample payloads,
v2 at `/api/sdwan/v2`. 6.4: as 5.2, and the series call knows the metrics of `SERIES_ONLY`."""

OLDER_ERAS: frozenset[Era] = frozenset({"4.0", "4.2"})

IdleRows = Literal["absent", "zeros", "nulls"]
"""How a row without any bucket looks: 1.14 (2) is open, so a client must survive all three."""

ShownLink = Callable[[Enterprise, Edge, Link], dict[str, Any]]

LATER_THAN_4_0 = ("linkLogicalId", "autoDualMode")
LATER_THAN_4_0_OF_LINK = ("linkIpV6Address", "linkMode", "linkBackupState")


def check_metrics(metrics: Sequence[str] | None, extra: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the metrics to show; none asked for means all but the `extra` ones.

    Raises InvalidRequest for a name that is no metric.
    """
    unknown = [
        ("ENUM_MISMATCH", f"No enum match for: {name}", f"#/metrics/{number}")
        for number, name in enumerate(metrics or ())
        if name not in METRIC_NAMES | ON_REQUEST | extra
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
            edge_part = {} if shown_link else _monitored_edge(feed, enterprise, edge, now)
            for link in edge.links_at(now):
                status = link_status(feed, edge, link, now)
                if status.last_active <= now - DAY:
                    continue
                buckets = list(feed.buckets(edge, link, within.start_ms, within.end_ms, now))
                if buckets or idle != "absent":
                    known = buckets or idle == "zeros"
                    numbers = link_numbers(link, buckets, metrics) if known else dict.fromkeys(metrics)
                    shown = (
                        shown_link(enterprise, edge, link)
                        if shown_link
                        else {**edge_part, **_monitored(feed, link, status, now)}
                    )
                    rows.append(metrics_row(link, status, numbers, shown, era))
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


def monitored_link(
    feed: Feed, enterprise: Enterprise, edge: Edge, link: Link, status: LinkStatus, now: datetime
) -> dict[str, Any]:
    """Return the link object of an aggregate or status row."""
    return {**_monitored_edge(feed, enterprise, edge, now), **_monitored(feed, link, status, now)}


def _monitored_edge(feed: Feed, enterprise: Enterprise, edge: Edge, now: datetime) -> dict[str, Any]:
    """Return the part that all links of an edge have in common."""
    since = feed.edge_down_since(edge, now)
    return {
        "enterpriseName": enterprise.name,
        "enterpriseId": enterprise.id,
        "enterpriseProxyId": None,
        "enterpriseProxyName": None,
        "edgeName": edge.name,
        "edgeState": edge_state(feed, edge, now),
        "edgeSystemUpSince": SYSTEM_UP,
        "edgeServiceUpSince": SERVICE_UP,
        "edgeLastContact": iso(since or floor_to(now, HEARTBEAT)),
        "edgeId": edge.id,
        "edgeSerialNumber": serial_number(edge),
        "edgeHASerialNumber": None,
        "edgeModelNumber": edge.model,
        "edgeLatitude": edge.site.lat,
        "edgeLongitude": edge.site.lon,
    }


def _monitored(feed: Feed, link: Link, status: LinkStatus, now: datetime) -> dict[str, Any]:
    mode = feed.timeline.mode(link, now)
    return {
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
        "linkMode": mode,
        "linkBackupState": backup_state(mode),
    }
