"""Links without values that should have some: in how many looks in a row. Pure.

A link is missed when a look that is complete, in which others had values, had none of it, although it had some before
and nobody switched it off. While its sample may only be late nobody is told, but the look counts. What is told survives
a restart: it is read back from the samples' topic.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """So many looks in a row a link was missed, the last one in the sample that begins at `start`."""

    count: int
    start: datetime
    is_told: bool = False


class Absences:
    """The absences of an orchestrator's links, by entity."""

    def __init__(self) -> None:
        self._known: dict[str, Absence] = {}

    def __contains__(self, entity: object) -> bool:
        """Return whether the entity was missed in the last look."""
        return entity in self._known

    def missed(self, entity: str, start: datetime, *, tell: bool) -> int:
        """Count a look at a sample; return how many to tell, 0 for a look that was counted or is not to be told."""
        known = self._known.get(entity)
        if known is not None and start <= known.start:
            return 0
        count = known.count + 1 if known is not None else 1
        is_told = tell or (known is not None and known.is_told)
        self._known[entity] = Absence(count, start, is_told)
        return count if tell else 0

    def returned(self, entity: str) -> bool:
        """Forget an absence, for a value came; return whether somebody was told of it."""
        known = self._known.pop(entity, None)
        return known is not None and known.is_told

    def learn(self, entity: str, start: datetime, count: int) -> None:
        """Take over what was told; the newest counts, and a count of 0 says that the link returned."""
        known = self._known.get(entity)
        if known is not None and start < known.start:
            return
        self._known.pop(entity, None)
        if count > 0:
            self._known[entity] = Absence(count, start, is_told=True)

    def keep_only(self, entities: Container[str]) -> None:
        """Forget entities that are no more."""
        self._known = {entity: absence for entity, absence in self._known.items() if entity in entities}
