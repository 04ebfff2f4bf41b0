"""Who may send: networks in CIDR notation. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class AllowList:
    """Networks whose hosts may send. An empty list lets nobody in."""

    networks: tuple[Network, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "AllowList":
        """Return the list of `192.0.2.0/24`, `2001:db8::/32`, or single addresses.

        Raises ValueError naming the text that is no network.
        """
        return cls(tuple(ip_network(text) for text in texts))

    def admits(self, address: str) -> bool:
        """Return whether a peer's address, as the socket tells it, is in one of the networks."""
        peer = plain_address(address)
        return peer is not None and any(peer in network for network in self.networks)


def plain_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address without zone, an IPv4 address that came mapped into IPv6 as IPv4; None when it is none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def peer_name(text: str) -> str:
    """Return the one spelling by which a peer is known in labels, limits and dead letters."""
    address = plain_address(text)
    return text if address is None else str(address)
