"""Enterprises, edges, links and alerts as v2 shows them: v1's values, real booleans, references instead of ids."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from satark.simulators.vco.aggregate import OLDER_ERAS, Era
from satark.simulators.vco.alerts import Alert, alert_payload
from satark.simulators.vco.events import Event, event_payload
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.inventory import NEVER, edge_payload, enterprise_payload, link_payload, recent_links
from satark.simulators.vco.topology import Edge, Enterprise, Link

NEW_BASE = "/api/sdwan/v2"
OLD_BASE = "/sdwan"
FLAGS = ("alertsEnabled", "operatorAlertsEnabled", "isLive", "userOverride")
NOT_IN_V2_ENTERPRISE = frozenset(
    {
        *("id", "networkId", "gatewayPoolId", "contactName", "contactPhone", "contactMobile", "contactEmail"),
        *("streetAddress", "streetAddress2", "city", "state", "postalCode", "country"),
    }
)
NOT_IN_V2_EDGE = frozenset({"id", "enterpriseId", "siteId", "isHub", "recentLinks", "site"})
NOT_IN_V2_LINK = frozenset({"id", "edgeId", "overlayType", "vpnState", "effectiveState"})
NOT_IN_V2_ALERT = frozenset(
    {
        *("id", "enterpriseAlertConfigurationId", "enterpriseId", "edgeId", "edgeName", "linkId", "linkName"),
        *("enterpriseObjectId", "enterpriseObjectName"),
    }
)


def base_of(era: Era) -> str:
    """Return the path under which a release serves v2."""
    return OLD_BASE if era in OLDER_ERAS else NEW_BASE


def enterprise_href(base: str, enterprise: Enterprise) -> str:
    """Return the reference of an enterprise."""
    return f"{base}/enterprises/{enterprise.logical_id}"


def edge_href(base: str, enterprise: Enterprise, edge: Edge) -> str:
    """Return the reference of an edge."""
    return f"{enterprise_href(base, enterprise)}/edges/{edge.logical_id}"


def link_href(base: str, enterprise: Enterprise, edge: Edge, link: Link) -> str:
    """Return the reference of a link: by internal id."""
    return f"{edge_href(base, enterprise, edge)}/links/{link.internal_id}"


def enterprise_v2(base: str, enterprise: Enterprise) -> dict[str, Any]:
    """Return a row of the list of enterprises."""
    row = _booleans(_without(enterprise_payload(enterprise), NOT_IN_V2_ENTERPRISE))
    href = enterprise_href(base, enterprise)
    return {"_href": href, **row, "prefix": None, "gatewayPool": {"_href": f"{base}/gatewayPools/4"}}


def edge_v2(
    feed: Feed, enterprise: Enterprise, edge: Edge, now: datetime, era: Era, include: Collection[str] = ()
) -> dict[str, Any]:
    """Return a row of the list of edges.

    `include` names related parts to show instead of their reference alone: `site` or `links` whole, `site.timezone`
    or `links.state` that member.
    """
    base = base_of(era)
    row = edge_payload(feed, enterprise, edge, now, {"site"}, era)
    site = row["site"]
    links = recent_links(feed, edge, now)
    shown = {name: None if value == NEVER else value for name, value in _without(row, NOT_IN_V2_EDGE).items()}
    return {
        **_booleans(shown),
        "_href": edge_href(base, enterprise, edge),
        "links": [_included(link_v2(feed, enterprise, edge, link, now, era), "links", include) for link in links],
        "site": _included(
            {**_without(site, {"id"}), "_href": f"{enterprise_href(base, enterprise)}/sites/{site['logicalId']}"},
            "site",
            include,
        ),
        "enterprise": {"_href": enterprise_href(base, enterprise)},
    }


def link_v2(feed: Feed, enterprise: Enterprise, edge: Edge, link: Link, now: datetime, era: Era) -> dict[str, Any]:
    """Return a link object."""
    base = base_of(era)
    return {
        **_booleans(_without(link_payload(feed, edge, link, now), NOT_IN_V2_LINK)),
        "_href": link_href(base, enterprise, edge, link),
        "edge": {"_href": edge_href(base, enterprise, edge)},
    }


def alert_v2(alert: Alert, enterprise: Enterprise, now: datetime, base: str) -> dict[str, Any]:
    """Return a row of the list of alerts; an alert without a link refers to nothing."""
    row = alert_payload(alert, enterprise, now)
    return {
        "_href": f"{enterprise_href(base, enterprise)}/alerts/{alert.id}",
        **_without(row, NOT_IN_V2_ALERT),
        "edge": {"_href": edge_href(base, enterprise, alert.edge)},
        "link": {"_href": link_href(base, enterprise, alert.edge, alert.link) if alert.link else ""},
    }


def event_v2(event: Event, enterprise: Enterprise, base: str) -> dict[str, Any]:
    """Return a row of the event log."""
    return {"_href": f"{enterprise_href(base, enterprise)}/events/{event.id}", **event_payload(event)}


def _included(whole: dict[str, Any], name: str, include: Collection[str]) -> dict[str, Any]:
    if name in include:
        return whole
    members = {part.partition(".")[2] for part in include if part.startswith(f"{name}.")}
    return {key: value for key, value in whole.items() if key == "_href" or key in members}


def _without(row: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _booleans(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bool(value) if name in FLAGS else value for name, value in row.items()}
