"""Enterprises, edges and links as the portal shows them (1.9), at a virtual time.

Edges report every half minute; an edge or link that is down keeps the moment it was last seen. A link is "recent" for
24 hours after it was last active.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from satark.simulators.vco.feed import Feed
from satark.simulators.vco.times import DAY, floor_to, iso, to_ms
from satark.simulators.vco.topology import Edge, Enterprise, Link, Site, World

HEARTBEAT = timedelta(seconds=30)
UNSTABLE_ABOVE_PCT = 10.0
NEVER = "0000-00-00 00:00:00"
"""How the portal writes a time that there is not."""

SITE_IDS_FROM = 7000
CREATED = "2025-05-06T08:10:00.000Z"
LINK_CREATED = "2025-05-06T08:14:09.000Z"
SYSTEM_UP = "2026-02-14T03:02:00.000Z"
SERVICE_UP = "2026-02-14T03:04:00.000Z"
CONNECTED = "2026-02-14T03:05:00.000Z"
VERSIONS = {
    "4.0": {"version": "4.0.2.1", "build": "R402-20210101-GA-0000000000", "apiVersion": "4.0.2"},
    "4.2": {"version": "4.2.2.0", "build": "R422-20220101-GA-0000000000", "apiVersion": "4.2.2"},
    "5.2": {"version": "5.2.3.4", "build": "R5234-20250101-GA-0000000000", "apiVersion": "5.2.3"},
    "6.4": {"version": "6.4.0.2", "build": "R6402-20251101-GA-0000000000", "apiVersion": "6.4.0"},
}


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """What is known of a link now: its state words and when they were last true."""

    state: str
    vpn_state: str
    last_active: datetime
    changed: str


def link_status(feed: Feed, edge: Edge, link: Link, now: datetime) -> LinkStatus:
    """Return a link's status."""
    since = feed.down_since(edge, link, now)
    if since is not None:
        return LinkStatus("DISCONNECTED", "DEAD", since, iso(since))
    word = "STANDBY" if feed.timeline.mode(link, now) != "ACTIVE" else _health(feed, edge, link, now)
    return LinkStatus(word, word, floor_to(now, HEARTBEAT), iso(link.since) if link.since else CONNECTED)


def _health(feed: Feed, edge: Edge, link: Link, now: datetime) -> str:
    """Return STABLE, or UNSTABLE while an incident takes more than a tenth of the packets."""
    extra = feed.timeline.increase(link.internal_id, to_ms(now), edge.site.utc_offset_h)
    lost = max(extra.get("loss_pct_rx", 0.0), extra.get("loss_pct_tx", 0.0))
    return "UNSTABLE" if lost > UNSTABLE_ABOVE_PCT else "STABLE"


def version_payload(era: str) -> dict[str, str]:
    """Return the result of `system/getVersionInfo` of a release."""
    return VERSIONS[era]


def recent_links(feed: Feed, edge: Edge, now: datetime) -> list[Link]:
    """Return the links that were active in the last 24 hours."""
    return [link for link in edge.links_at(now) if link_status(feed, edge, link, now).last_active > now - DAY]


def enterprise_payload(enterprise: Enterprise) -> dict[str, Any]:
    """Return the result of `enterprise/getEnterprise`."""
    site = enterprise.site
    return {
        "id": enterprise.id,
        "logicalId": enterprise.logical_id,
        "name": enterprise.name,
        "accountNumber": enterprise.account_number,
        "created": "2025-05-01T10:00:00.000Z",
        "networkId": 1,
        "gatewayPoolId": 4,
        "alertsEnabled": 1,
        "operatorAlertsEnabled": 1,
        "endpointPkiMode": "CERTIFICATE_OPTIONAL",
        "domain": enterprise.domain,
        "prefix": "",
        "description": None,
        "contactName": "NOC",
        "contactPhone": None,
        "contactMobile": None,
        "contactEmail": "noc@example.net",
        "streetAddress": None,
        "streetAddress2": None,
        "city": site.city,
        "state": None,
        "postalCode": None,
        "country": site.country,
        "lat": site.lat,
        "lon": site.lon,
        "timezone": site.timezone,
        "locale": "en-US",
        "modified": "2026-01-01T00:00:00.000Z",
        "bastionState": "UNCONFIGURED",
    }


def enterprise_row(enterprise: Enterprise, world: World | None = None) -> dict[str, Any]:
    """Return a row of a list of enterprises; with a world, as its partner sees it."""
    return {
        "id": enterprise.id,
        "logicalId": enterprise.logical_id,
        "name": enterprise.name,
        "accountNumber": enterprise.account_number,
        "networkId": 1,
        "enterpriseProxyId": world.proxy_id if world else None,
        "enterpriseProxyName": world.proxy_name if world else None,
        "edgeCount": len(enterprise.edges),
    }


def edge_payload(
    feed: Feed, enterprise: Enterprise, edge: Edge, now: datetime, with_: Collection[str], era: str = "5.2"
) -> dict[str, Any]:
    """Return a row of `enterprise/getEnterpriseEdges` with the parts asked for."""
    site_id = edge.id + SITE_IDS_FROM
    row = {
        "id": edge.id,
        "created": CREATED,
        "enterpriseId": enterprise.id,
        "siteId": site_id,
        **_software_and_hardware(edge, VERSIONS[era]),
        **_edge_status(feed, edge, now),
    }
    if "site" in with_:
        row["site"] = _site_payload(edge.site, site_id)
    if "recentLinks" in with_:
        row["recentLinks"] = [link_payload(feed, edge, link, now) for link in recent_links(feed, edge, now)]
    if "links" in with_:
        row["links"] = [link_payload(feed, edge, link, now) for link in edge.links_at(now)]
    return row


def link_payload(feed: Feed, edge: Edge, link: Link, now: datetime) -> dict[str, Any]:
    """Return the full link object of 1.9."""
    mode = feed.timeline.mode(link, now)
    status = link_status(feed, edge, link, now)
    return {
        "id": link.id,
        "created": iso(link.since) if link.since else LINK_CREATED,
        "edgeId": edge.id,
        "logicalId": link.logical_id,
        "internalId": link.internal_id,
        "interface": link.interface,
        "macAddress": None,
        "overlayType": "IPv4",
        "ipAddress": link.ip_address,
        "ipV6Address": "",
        "netmask": None,
        "networkSide": "WAN",
        "networkType": "ETHERNET",
        "displayName": link.name,
        "userOverride": 1,
        "isp": link.isp,
        "org": link.isp,
        "lat": edge.site.lat,
        "lon": edge.site.lon,
        "lastActive": iso(status.last_active),
        "state": status.state,
        "backupState": backup_state(mode),
        "linkMode": mode,
        "vpnState": status.vpn_state,
        "lastEvent": status.changed,
        "lastEventState": status.state,
        "alertsEnabled": 1,
        "operatorAlertsEnabled": 1,
        "serviceState": "HISTORICAL" if link.until is not None and link.until <= now else "IN_SERVICE",
        "modified": iso(status.last_active),
        "effectiveState": status.state,
    }


def backup_state(mode: str) -> str:
    """Return the word of `linkBackupState`."""
    return "UNCONFIGURED" if mode == "ACTIVE" else "STANDBY"


def serial_number(edge: Edge) -> str:
    """Return an invented serial number."""
    return f"VC0999{edge.id:07d}"


def _site_payload(site: Site, site_id: int) -> dict[str, Any]:
    return {
        "id": site_id,
        "name": site.name,
        "contactName": "NOC",
        "contactEmail": "noc@example.net",
        "city": site.city,
        "country": site.country,
        "lat": site.lat,
        "lon": site.lon,
        "timezone": site.timezone,
        "locale": "en-US",
        "logicalId": f"00000000-0000-0000-0000-{site_id:012x}",
    }


def _software_and_hardware(edge: Edge, version: dict[str, str]) -> dict[str, Any]:
    return {
        "activationKey": "XXXX-XXXX-XXXX-XXXX",
        "activationKeyExpires": "2025-06-05T08:10:00.000Z",
        "activationState": "ACTIVATED" if edge.activated else "PENDING",
        "activationTime": "2025-05-06T08:12:40.000Z",
        "softwareVersion": version["version"],
        "buildNumber": version["build"],
        "factorySoftwareVersion": "4.5.1",
        "factoryBuildNumber": "R451-20230101-GA",
        "platformFirmwareVersion": None,
        "platformBuildNumber": None,
        "modemFirmwareVersion": None,
        "modemBuildNumber": None,
        "softwareUpdated": "2026-01-18T02:00:00.000Z",
        "selfMacAddress": f"02:9a:00:00:{edge.id >> 8 & 255:02x}:{edge.id & 255:02x}",
        "deviceId": f"00000000-0000-0000-0000-{edge.id:012x}",
        "logicalId": edge.logical_id,
        "serialNumber": serial_number(edge),
        "modelNumber": edge.model,
        "deviceFamily": edge.model.upper().removesuffix("TE"),
        "lteRegion": None,
        "name": edge.name,
        "dnsName": None,
        "description": None,
        "endpointPkiMode": "CERTIFICATE_OPTIONAL",
        "customInfo": None,
        "isHub": False,
    }


def edge_state(feed: Feed, edge: Edge, now: datetime) -> str:
    """Return the word of `edgeState`."""
    if not edge.activated:
        return "NEVER_ACTIVATED"
    return "OFFLINE" if feed.edge_down_since(edge, now) else "CONNECTED"


def _edge_status(feed: Feed, edge: Edge, now: datetime) -> dict[str, Any]:
    since = feed.edge_down_since(edge, now)
    seen = iso(since or floor_to(now, HEARTBEAT)) if edge.activated else NEVER
    return {
        "alertsEnabled": 1,
        "operatorAlertsEnabled": 1,
        "edgeState": edge_state(feed, edge, now),
        "edgeStateTime": iso(since) if since else CONNECTED,
        "isLive": 0,
        "systemUpSince": SYSTEM_UP if edge.activated else NEVER,
        "serviceUpSince": SERVICE_UP if edge.activated else NEVER,
        "lastContact": seen,
        "serviceState": "IN_SERVICE" if edge.activated else "PENDING_SERVICE",
        "haState": "UNCONFIGURED",
        "haPreviousState": "UNCONFIGURED",
        "haLastContact": NEVER,
        "haSerialNumber": None,
        "bastionState": "UNCONFIGURED",
        "modified": seen if edge.activated else CREATED,
    }
