"""A SIM, modem or NIC is swapped: the link's ids change, its edge, interface and name do not (1.5).

The world keeps both: the old link is disconnected from the moment of the swap, the new one exists from then on.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

import msgspec

from satark.simulators.vco.scenario import Incident
from satark.simulators.vco.targets import affected
from satark.simulators.vco.topology import Edge, Link, World

NEW_IDS_FROM = 1_000_000


def with_replacements(world: World, planned: Iterable[tuple[Incident, datetime]]) -> World:
    """Return the world with the successors of the links that are replaced, each at its time."""
    swaps = sorted(
        ((begins, number, incident) for number, (incident, begins) in enumerate(planned) if _is_swap(incident)),
        key=lambda swap: swap[:2],
    )
    for begins, number, incident in swaps:
        world = _swapped(world, affected(incident, world), begins, NEW_IDS_FROM + number)
    return world


def _is_swap(incident: Incident) -> bool:
    return incident.kind == "link_replaced"


def successor(link: Link, when: datetime, new_id: int) -> Link:
    """Return the link that takes another's place."""
    digest = blake2b(f"{link.internal_id}>{new_id}".encode(), digest_size=16).hexdigest()
    return msgspec.structs.replace(
        link,
        id=new_id,
        internal_id=f"{link.internal_id[:8]}-{digest[:4]}-{digest[4:8]}-{digest[8:12]}-{digest[12:24]}",
        logical_id=f"02:9b:{digest[24:26]}:{digest[26:28]}:{digest[28:30]}:{digest[30:]}:0000",
        since=when,
        until=None,
    )


def _swapped(world: World, links: frozenset[str], when: datetime, new_id: int) -> World:
    def edge_after(edge: Edge) -> Edge:
        old = [link for link in edge.links if link.internal_id in links and link.until is None]
        if not old:
            return edge
        gone = [msgspec.structs.replace(link, until=when) if link in old else link for link in edge.links]
        return msgspec.structs.replace(edge, links=(*gone, *(successor(link, when, new_id) for link in old)))

    return msgspec.structs.replace(
        world,
        enterprises=tuple(
            msgspec.structs.replace(enterprise, edges=tuple(edge_after(edge) for edge in enterprise.edges))
            for enterprise in world.enterprises
        ),
    )
