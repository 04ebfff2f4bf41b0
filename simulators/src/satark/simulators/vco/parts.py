"""What the worlds are made of: sites, kinds of links, and edges. Addresses are of RFC 5737."""

from datetime import datetime
from typing import Literal

from satark.simulators.vco.topology import Edge, Link, Profile, Site

LONDON = Site(
    city="London", country="GB", lat=51.507, lon=-0.128, timezone="Europe/London", utc_offset_h=0, gateway="GW-EU"
)
MANCHESTER = Site(
    city="Manchester", country="GB", lat=53.48, lon=-2.24, timezone="Europe/London", utc_offset_h=0, gateway="GW-EU"
)
NEW_YORK = Site(
    city="New York",
    country="US",
    lat=40.713,
    lon=-74.006,
    timezone="America/New_York",
    utc_offset_h=-5,
    gateway="GW-US",
)
SAO_PAULO = Site(
    city="São Paulo",
    country="BR",
    lat=-23.55,
    lon=-46.633,
    timezone="America/Sao_Paulo",
    utc_offset_h=-3,
    gateway="GW-SA",
)
ZURICH = Site(
    city="Zürich", country="CH", lat=47.377, lon=8.54, timezone="Europe/Zurich", utc_offset_h=1, gateway="GW-EU"
)

TOKYO = Site(
    city="Tokyo", country="JP", lat=35.68, lon=139.69, timezone="Asia/Tokyo", utc_offset_h=9, gateway="GW-ASIA"
)

FIBRE = Profile(latency_ms_rx=9, latency_ms_tx=8, noise_ms=0.6, swing_ms=1, bps_rx=500_000_000, bps_tx=100_000_000)
BROADBAND = Profile(
    latency_ms_rx=22, latency_ms_tx=19, jitter_ms_rx=3, jitter_ms_tx=2, swing_ms=3, bps_rx=80_000_000, bps_tx=18_000_000
)
CABLE = Profile(latency_ms_rx=14, latency_ms_tx=13, jitter_ms_rx=2, jitter_ms_tx=2, swing_ms=3, bps_rx=250_000_000)
RADIO = Profile(latency_ms_rx=31, latency_ms_tx=29, jitter_ms_rx=4, jitter_ms_tx=4, swing_ms=4, loss_chance=0.04)
MPLS = Profile(
    latency_ms_rx=6,
    latency_ms_tx=6,
    jitter_ms_rx=0.4,
    jitter_ms_tx=0.4,
    swing_ms=0.5,
    noise_ms=0.3,
    loss_chance=0.005,
    bps_rx=100_000_000,
    bps_tx=100_000_000,
)
LAN_LIKE = Profile(
    latency_ms_rx=0, latency_ms_tx=0, jitter_ms_rx=0, jitter_ms_tx=0, swing_ms=0, noise_ms=0.1, loss_chance=0.001
)
"""So near that the milliseconds of one way round to nothing."""

MOBILE = Profile(latency_ms_rx=42, latency_ms_tx=38, jitter_ms_rx=6, jitter_ms_tx=6, swing_ms=4, noise_ms=1)


def make_edge(
    edge_id: int,
    logical_id: str,
    name: str,
    site: Site,
    *links: Link,
    model: str = "edge620",
    offline_since: datetime | None = None,
) -> Edge:
    """Return an edge."""
    return Edge(
        id=edge_id, logical_id=logical_id, name=name, model=model, site=site, links=links, offline_since=offline_since
    )


def make_link(
    link_id: int,
    internal_id: str,
    interface: str,
    name: str,
    isp: str,
    profile: Profile,
    mode: Literal["ACTIVE", "BACKUP", "HOTSTANDBY"] = "ACTIVE",
) -> Link:
    """Return a link; its MAC-like id and address follow from its id."""
    return Link(
        id=link_id,
        internal_id=internal_id,
        logical_id=f"02:9a:{link_id >> 8 & 255:02x}:00:00:{link_id & 255:02x}:0000",
        interface=interface,
        name=name,
        isp=isp,
        ip_address=f"198.51.100.{link_id % 250 + 1}",
        profile=profile,
        mode=mode,
    )
