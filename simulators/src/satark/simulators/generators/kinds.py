"""The kinds of daemons, and who the one of an index is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from satark.sandesh.wire.control import Identity


@dataclass(frozen=True, slots=True)
class Role:
    """A daemon's module and node type, the table of its node's state, and the first word of its host's name."""

    module: str
    node_type: str
    table: str
    host: str


class Kind(Enum):
    """What a simulated daemon is."""

    VROUTER = Role("contrail-vrouter-agent", "Compute", "ObjectVRouter", "compute")
    CONTROL = Role("contrail-control", "Control", "ObjectBgpRouter", "control")
    CONFIG = Role("contrail-api", "Config", "ObjectConfigNode", "config")
    NODE = Role("contrail-analytics-nodemgr", "Analytics", "ObjectCollectorInfo", "analytics")


MIX = (Kind.VROUTER, Kind.CONTROL, Kind.CONFIG, Kind.NODE, *(Kind.VROUTER,) * 6)
"""Which kinds follow each other: all of them among the first four daemons, seven in ten are vrouter agents."""


def host(kind: Kind, index: int) -> str:
    """Return the name of the host that a daemon runs on."""
    return f"{kind.value.host}-{index:05}"


def identity(kind: Kind, index: int) -> Identity:
    """Return who a daemon says that it is."""
    return Identity(host(kind, index), kind.value.node_type, kind.value.module, "0")


def indexes(kind: Kind, mix: Sequence[Kind], count: int) -> range | list[int]:
    """Return the indexes of the daemons of a kind among the first `count`."""
    return [index for index in range(count) if mix[index % len(mix)] is kind]
