"""States: what is known of an entity besides its numbers. A link without a value may be down, idle, standby or unheard.

The table of these cases is the orchestrator's documentation of missing data; each needs another answer, and none of
them is a value of zero.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier, instant
from satark.schemas.metrics import EntityKey, Time

ORCHESTRATOR = "orchestrator"


class State(StrEnum):
    """How an entity is. `ok` says that values come, also values of zero."""

    OK = "ok"
    IDLE = "idle"
    STANDBY = "standby"
    LATE = "late"
    CATCHING_UP = "catching_up"
    LINK_DOWN = "link_down"
    EDGE_OFFLINE = "edge_offline"
    GONE = "gone"
    BLIND = "blind"


class EntityState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entity entered a state, or its names changed; the latest by entity counts."""

    id: Annotated[str, Meta(description="The same entity, state and time always give the same id.")]
    entity: Annotated[EntityKey, Meta(description="The entity's key, also the Kafka key.")]
    kind: Annotated[str, Meta(description="What the entity is, for example wan-link.", max_length=64)]
    time: Annotated[Time, Meta(description="When this was seen, by the orchestrator's clock, UTC.")]
    state: State
    since: Annotated[Time, Meta(description="Since when the entity is in this state, as far as is known, UTC.")]
    previous: Annotated[State | None, Meta(description="The state before, when there was one.")] = None
    note: Annotated[str, Meta(description="What a person should know, for example that a link was replaced.")] = ""
    labels: Annotated[
        dict[str, str],
        Meta(description="Names a person knows the entity by: orchestrator, enterprise, edge, link.", max_length=64),
    ] = {}


def state_id(entity: str, state: State, time: str, note: str = "") -> str:
    """Return the id of an entity's entering a state at an instant (`identifiers.instant`)."""
    return identifier("state", entity, state.value, time, note)


def entered(state: EntityState) -> str:
    """Return the id that an entity state of these values has."""
    return state_id(state.entity, state.state, instant(state.time), state.note)
