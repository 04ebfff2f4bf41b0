"""Objects of which nobody says anything, but whose counters remember: for how long they do. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

MEMORY = timedelta(days=1)
"""A generator that is away for longer begins anew."""


class Silence:
    """Since when which objects are silent, by the time of ticks: it runs while nothing is heard, too."""

    def __init__(self) -> None:
        self._new: dict[str, None] = {}
        self._since: dict[str, datetime] = {}

    def note(self, entity: str, *, is_silent: bool) -> None:
        """Note whether an object is silent now."""
        if not is_silent:
            self._new.pop(entity, None)
            self._since.pop(entity, None)
        elif entity not in self._since:
            self._new[entity] = None

    def over(self, now: datetime) -> Iterator[str]:
        """Yield, once, the objects that have been silent for too long."""
        self._since |= dict.fromkeys(self._new, now)
        self._new.clear()
        while self._since:
            entity, since = next(iter(self._since.items()))
            if now - since <= MEMORY:
                return
            del self._since[entity]
            yield entity
