"""What a daemon knows at a tick: all its UVEs and alarms, whole. This is what a collector must then hold."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from satark.sandesh.types import UveMessage
from satark.simulators.generators.kinds import Kind
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.shares import State, state_of
from satark.simulators.generators.states import config, control, node, vrouter

_KNOWN: Mapping[Kind, Callable[[Moment], Iterable[UveMessage]]] = MappingProxyType(
    {
        Kind.VROUTER: vrouter.known,
        Kind.CONTROL: control.known,
        Kind.CONFIG: config.known,
        Kind.NODE: node.known,
    }
)


def state_at(moment: Moment) -> State:
    """Return everything that a daemon knows; pure."""
    return state_of(_KNOWN[moment.kind](moment))
