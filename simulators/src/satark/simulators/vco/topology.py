"""What an orchestrator knows: enterprises, their edges, the edges' links, and how each link behaves when it is well."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

Metric = Literal["latency_ms_rx", "latency_ms_tx", "jitter_ms_rx", "jitter_ms_tx", "loss_pct_rx", "loss_pct_tx"]
METRICS: tuple[Metric, ...] = (
    "latency_ms_rx",
    "latency_ms_tx",
    "jitter_ms_rx",
    "jitter_ms_tx",
    "loss_pct_rx",
    "loss_pct_tx",
)
"""In the API's order (metric enumeration 0..5 of 1.6). Rx is download, towards the edge."""


class Profile(Struct, frozen=True, kw_only=True):
    """A healthy link: its levels, its noise and its capacity.

    `swing_ms` is what a day's load adds to the latency at its peak; `noise_ms` is the standard deviation on top.
    `loss_chance` is the share of buckets that lose anything at all (then 0.1 to 0.4 %).
    """

    latency_ms_rx: float
    latency_ms_tx: float
    jitter_ms_rx: float = 1.5
    jitter_ms_tx: float = 1.5
    swing_ms: float = 2.0
    noise_ms: float = 0.7
    loss_chance: float = 0.02
    bps_rx: int = 100_000_000
    bps_tx: int = 20_000_000
    use: float = 0.3


class Link(Struct, frozen=True, kw_only=True):
    """One WAN link. `internal_id` is the key of its measurements (1.5); `mode` other than ACTIVE carries no data.

    `since` and `until` bound the life of one that was replaced, or that replaced another.
    """

    id: int
    internal_id: str
    logical_id: str
    interface: str
    name: str
    isp: str
    ip_address: str
    profile: Profile
    mode: Literal["ACTIVE", "BACKUP", "HOTSTANDBY"] = "ACTIVE"
    since: datetime | None = None
    until: datetime | None = None


class Site(Struct, frozen=True, kw_only=True):
    """Where an edge stands. `utc_offset_h` shifts the daily load; `timezone` is only told to clients.

    `gateway` is where the best path of its links ends.
    """

    city: str
    country: str
    lat: float
    lon: float
    timezone: str
    utc_offset_h: float
    name: str | None = None
    gateway: str = "GW-1"


class Edge(Struct, frozen=True, kw_only=True):
    """One edge with its links; `offline_since` for one that has been silent from then on.

    One that was never `activated` has no links and was never heard.
    """

    id: int
    logical_id: str
    name: str
    model: str
    site: Site
    links: tuple[Link, ...]
    offline_since: datetime | None = None
    activated: bool = True

    def links_at(self, now: datetime) -> tuple[Link, ...]:
        """Return the links that exist or have existed: not the successor of one that is still there."""
        if any(link.since is not None for link in self.links):
            return tuple(link for link in self.links if link.since is None or link.since <= now)
        return self.links


class Enterprise(Struct, frozen=True, kw_only=True):
    """One customer."""

    id: int
    logical_id: str
    name: str
    account_number: str
    domain: str
    site: Site
    edges: tuple[Edge, ...]


class World(Struct, frozen=True, kw_only=True):
    """Everything one orchestrator manages; `proxy_id` and `proxy_name` are the partner's (MSP's)."""

    name: str
    enterprises: tuple[Enterprise, ...]
    proxy_id: int = 301
    proxy_name: str = "Example Managed Services"

    def all_links(self) -> Iterator[tuple[Enterprise, Edge, Link]]:
        """Yield every link with its owners."""
        for enterprise in self.enterprises:
            for edge in enterprise.edges:
                for link in edge.links:
                    yield enterprise, edge, link
