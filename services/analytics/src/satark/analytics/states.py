"""How entities are besides their numbers, as pollers say: the latest state of each, in memory. Pure."""

from satark.runtime import said
from satark.runtime.records import Record
from satark.runtime.said import Latest
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.states import EntityState, State
from satark.schemas.topics import STATES

TOPICS = (STATES,)
CONDITION = "states"
"""The name of the condition of readiness."""


class States:
    """States by entity; of too many the one that was told longest ago is forgotten. `unreadable` counts what is no state."""

    def __init__(self, most: int = said.MOST) -> None:
        self._latest: Latest[EntityState] = Latest(most)
        self.unreadable = 0

    def __len__(self) -> int:
        return len(self._latest)

    def state_of(self, entity: str) -> State | None:
        """Return an entity's state, None if nobody told of it."""
        found = self._latest.get(entity)
        return None if found is None else found.state

    def apply(self, record: Record) -> None:
        """Take in a record of the topic."""
        if record.value is None:
            self._latest.remove((record.key or b"").decode(errors="replace"))
            return
        try:
            self.take(decode(record.topic, record.value, record.headers))
        except UndecodableEventError:
            self.unreadable += 1

    def take(self, state: EntityState) -> None:
        """Take in a state."""
        self._latest.put(state.entity, state)
