"""What tests of links share: places with some links, and readings of them."""

from dataclasses import replace
from datetime import datetime, timedelta

from satark.poller.inventory import Edge, Enterprise, Link, Place
from satark.poller.readings import Reading
from satark.poller.schedule import Rules, Window
from tests.unit.poller.doubles import NOON

STEP = timedelta(minutes=5)
RULES = Rules()
ORCHESTRATOR = "vco.example.net"
VALUES = {"latency_ms_rx": 12.0}


def link(internal_id: str, name: str = "Fibre A", interface: str = "GE3", *, state: str = "", mode: str = "") -> Link:
    """Return a link; all have the same name unless told otherwise."""
    return Link(internal_id, name, interface, state=state, mode=mode)


def place(*links: Link, edge: str = "7", enterprise: str = "1", edge_state: str = "CONNECTED") -> Place:
    """Return the place of an edge with some links."""
    site = Edge(edge, f"Edge {edge}", edge_state, links={one.internal_id: one for one in links})
    return Place(ORCHESTRATOR, Enterprise(enterprise, f"Customer {enterprise}", uid=f"uid-{enterprise}"), site)


def entity(internal_id: str, enterprise: str = "1") -> str:
    """Return the key of a link that was never replaced."""
    return f"wan-link/{ORCHESTRATOR}/uid-{enterprise}/{internal_id}"


def reading(where: Place, one: Link, number: int = 0, *, silent: bool = False, edge_state: str = "") -> Reading:
    """Return what an answer says of a link in a sample, counted from noon."""
    edge = replace(where.edge, state=edge_state or where.edge.state)
    return Reading(where.enterprise.key, edge, one, at(number), {} if silent else VALUES)


def at(number: int) -> datetime:
    """Return the start of a sample, counted from noon."""
    return NOON + number * STEP


def sample(number: int) -> Window:
    """Return the window of a sample, counted from noon."""
    return Window(at(number), at(number + 1))
