"""How a link is, when its values come and when they do not: the nine cases of 1.10 of the specification. Pure.

Only `ok` says that there are values, zeros included: a zero with traffic is a measurement. No value is never a zero.
"""

from dataclasses import dataclass

from satark.schemas.states import State

OFFLINE_EDGES = frozenset({"OFFLINE", "DISABLED", "EXPIRED", "NEVER_ACTIVATED"})
SWITCHED_OFF_EDGES = frozenset({"DISABLED", "EXPIRED", "NEVER_ACTIVATED"})
DOWN_LINKS = frozenset({"DISCONNECTED"})
WAITING_LINKS = frozenset({"STANDBY", "QUIET"})
BACKUP_MODES = frozenset({"BACKUP", "HOTSTANDBY"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a link at one look. Words of edge and link are the vendor's, upper case, empty when unknown."""

    has_value: bool
    listed: bool = True
    edge_state: str = ""
    link_state: str = ""
    mode: str = ""
    backup_state: str = ""
    edge_has_values: bool = False
    all_late: bool = False
    blind: bool = False


def state_of(seen: Evidence) -> State:
    """Return the state that the evidence means; the first that applies, from what explains most to what explains least.

    | evidence | state |
    |---|---|
    | the orchestrator could not be read | blind |
    | there are values, be they zero | ok |
    | the orchestrator no longer lists the link (offline for over 24 hours) | gone |
    | the edge is offline, or the link is down although the edge is there | edge_offline, link_down |
    | the link waits by design | standby |
    | nobody's values are there yet | late |
    | others of the edge have values, this link carries nothing | idle |
    | the edge is connected, none of its links has values: it will report later | catching_up |
    """
    cases = (
        (seen.blind, State.BLIND),
        (seen.has_value, State.OK),
        (not seen.listed, State.GONE),
        (seen.edge_state in OFFLINE_EDGES, State.EDGE_OFFLINE),
        (seen.link_state in DOWN_LINKS, State.LINK_DOWN),
        (_waits(seen), State.STANDBY),
        (seen.all_late, State.LATE),
        (seen.edge_has_values, State.IDLE),
    )
    return next((state for applies, state in cases if applies), State.CATCHING_UP)


def is_wanted(seen: Evidence) -> bool:
    """Return whether somebody misses the values of a link that has none: not of one in reserve or switched off."""
    return not (_waits(seen) or seen.edge_state in SWITCHED_OFF_EDGES)


def _waits(seen: Evidence) -> bool:
    return (seen.mode in BACKUP_MODES and seen.backup_state != "ACTIVE") or seen.link_state in WAITING_LINKS


BY_DESIGN = frozenset({State.STANDBY, State.LINK_DOWN, State.EDGE_OFFLINE, State.GONE})
"""States in which nobody waits for values."""

REPORTED_LATER = frozenset({State.EDGE_OFFLINE, State.CATCHING_UP, State.GONE})
"""States after which an edge may hand in what it measured meanwhile."""

MISSED = frozenset({State.IDLE, State.CATCHING_UP, State.LINK_DOWN, State.EDGE_OFFLINE, State.GONE})
"""States of a link that somebody may miss: a value after them is worth a word."""
