"""What an incident is about: the links and edges that it names.

All that an incident names must hold together: `edge` (display name, id or logical id), `link` (display name or
internal id), `isp`, `gateway` and `enterprise` (name, id or logical id). A replaced link and its successor have the
same name, and an incident by name hits whichever is there.
"""

from collections.abc import Iterator

from satark.simulators.vco.scenario import Incident
from satark.simulators.vco.topology import Edge, Enterprise, Link, World


def affected(incident: Incident, world: World) -> frozenset[str]:
    """Return the internal ids of the links an incident touches."""
    return frozenset(link.internal_id for edge in _edges(incident, world) for link in _links(incident, edge))


def affected_edges(incident: Incident, world: World) -> frozenset[int]:
    """Return the ids of the edges an incident touches."""
    return frozenset(edge.id for edge in _edges(incident, world) if not edge.links or list(_links(incident, edge)))


def strangers(incident: Incident, world: World) -> Iterator[str]:
    """Yield what an incident names that the world does not have, or has more than once."""
    edges = list(_edges(incident, world))
    if incident.edge is not None and len(edges) != 1:
        yield (
            f"{len(edges)} edges of the world {world.name} are called {incident.edge!r}: give its id"
            if edges
            else f"no edge of the world {world.name} is called {incident.edge!r}"
        )
    elif incident.link is not None and len(places := _places(incident, edges)) != 1:
        yield f"{len(places) or 'no'} links of the edge {incident.edge!r} are called {incident.link!r}"
    elif not affected(incident, world) and not affected_edges(incident, world):
        yield f"nothing in the world {world.name} is meant"


def _places(incident: Incident, edges: list[Edge]) -> set[str]:
    """Return the interfaces of the links meant: a link and its successor share one."""
    return {link.interface for edge in edges for link in _links(incident, edge)}


def _edges(incident: Incident, world: World) -> Iterator[Edge]:
    for enterprise in world.enterprises:
        if incident.enterprise is None or _is(incident.enterprise, enterprise):
            for edge in enterprise.edges:
                meant = incident.edge is None or _is(incident.edge, edge)
                if meant and incident.gateway in {None, edge.site.gateway}:
                    yield edge


def _links(incident: Incident, edge: Edge) -> Iterator[Link]:
    for link in edge.links:
        meant = incident.link is None or incident.link in {link.name, link.internal_id}
        if meant and incident.isp in {None, link.isp}:
            yield link


def _is(name: str, one: Enterprise | Edge) -> bool:
    return name in {one.name, str(one.id), one.logical_id}
