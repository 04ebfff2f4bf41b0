"""All notices that wait: a queue for each incident and target, so that an incident is told in its order. Pure."""

from collections import deque
from collections.abc import Iterator

from satark.notifier.outbox.notices import About, Entry

Key = tuple[str, str]
"""A target: its channel and name."""


class Queues:
    """The queues, and how much is in them."""

    def __init__(self) -> None:
        self._queues: dict[str, dict[Key, deque[Entry]]] = {}
        self._entries: dict[str, Entry] = {}
        self._held = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    @property
    def held(self) -> int:
        """How many notices are kept back."""
        return self._held

    def get(self, notice: str) -> Entry | None:
        """Return the entry of a notice by its id."""
        return self._entries.get(notice)

    def of(self, about: About) -> tuple[Entry, ...]:
        """Return a queue, oldest first."""
        return tuple(self._queues.get(about[0], {}).get(about[1:], ()))

    def head(self, about: About) -> Entry | None:
        """Return what is first in a queue."""
        queue = self._queues.get(about[0], {}).get(about[1:])
        return queue[0] if queue else None

    def targets(self, incident: str) -> tuple[Entry, ...]:
        """Return the heads of an incident's queues, one for each target."""
        return tuple(queue[0] for queue in self._queues.get(incident, {}).values())

    def heads(self) -> Iterator[Entry]:
        """Return what is first in each queue."""
        return (queue[0] for queues in self._queues.values() for queue in queues.values())

    def every(self) -> tuple[tuple[Entry, ...], ...]:
        """Return all queues."""
        return tuple(tuple(queue) for queues in self._queues.values() for queue in queues.values())

    def add(self, entry: Entry) -> None:
        """Put an entry at the end of its queue."""
        incident, *key = entry.notice.about
        self._entries[entry.notice.id] = entry
        self._queues.setdefault(incident, {}).setdefault((key[0], key[1]), deque()).append(entry)

    def remove(self, entry: Entry) -> None:
        """Take an entry out."""
        incident, channel, name = entry.notice.about
        del self._entries[entry.notice.id]
        self._held -= entry.is_held
        queues = self._queues[incident]
        queues[channel, name].remove(entry)
        if not queues[channel, name]:
            del queues[channel, name]
        if not queues:
            del self._queues[incident]

    def hold(self, entry: Entry) -> None:
        """Count an entry as kept back."""
        self._held += not entry.is_held
        entry.is_held = entry.was_kept = True

    def release(self, entry: Entry) -> None:
        """Count an entry as kept back no more."""
        self._held -= entry.is_held
        entry.is_held = False
