"""All notices that wait: a queue for each incident and target, so that an incident is told in its order. Pure.

Only the head of a queue has a turn (`turns`); whatever changes of an entry that its turn depends on is changed here.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from satark.notifier.outbox.notices import About, Entry
from satark.notifier.outbox.turns import Turns
from satark.notifier.routing.model import Key


class Queues:
    """The queues, how much is in them, and whose turn it is."""

    def __init__(self) -> None:
        self._queues: dict[str, dict[Key, deque[Entry]]] = {}
        self._entries: dict[str, Entry] = {}
        self._held = 0
        self._explained: dict[str, dict[str, Entry]] = {}
        self.turns = Turns()

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

    def every(self, incidents: Iterable[str] | None = None) -> tuple[tuple[Entry, ...], ...]:
        """Return all queues, or those of some incidents."""
        found = self._queues if incidents is None else [each for each in incidents if each in self._queues]
        return tuple(tuple(queue) for each in found for queue in self._queues[each].values())

    def add(self, entry: Entry) -> None:
        """Put an entry at the end of its queue."""
        incident, *key = entry.notice.about
        self._entries[entry.notice.id] = entry
        self._queues.setdefault(incident, {}).setdefault((key[0], key[1]), deque()).append(entry)
        self.plan(entry)

    def remove(self, entry: Entry) -> None:
        """Take an entry out; the one behind it has its turn."""
        incident, channel, name = entry.notice.about
        del self._entries[entry.notice.id]
        self._release(entry)
        self.turns.cancel(entry)
        queues = self._queues[incident]
        queue = queues[channel, name]
        queue.remove(entry)
        if queue:
            self.plan(queue[0])
            return
        del queues[channel, name]
        if not queues:
            del self._queues[incident]

    def plan(self, entry: Entry, due: datetime | None = None) -> None:
        """Let an entry have its turn when it is due, or was due before; behind another one it has none yet."""
        entry.due = due or entry.due
        if not entry.in_flight and self.head(entry.notice.about) is entry:
            self.turns.plan(entry)

    def set_back(self, by: timedelta, now: datetime) -> None:
        """Plan all anew by a clock that was set back; what is kept back is until a time of people's, and looked at anew."""
        for entry in self:
            entry.accepted_at -= by
            self.plan(entry, min(entry.due, now) if entry.is_held else entry.due - by)

    def hold(self, entry: Entry, until: datetime, source: str = "") -> None:
        """Keep an entry back until a time, because of an incident that explains it, if there is a `source`."""
        self._release(entry)
        self._held += 1
        entry.is_held = entry.was_kept = True
        entry.source = source
        if source:
            self._explained.setdefault(source, {})[entry.notice.id] = entry
        self.plan(entry, until)

    def explained(self, source: str) -> tuple[Entry, ...]:
        """Return what is kept back because of an incident."""
        return tuple(self._explained.get(source, {}).values())

    def send(self, entry: Entry) -> None:
        """Take in that an entry is in flight, and so kept back no more."""
        self._release(entry)
        entry.in_flight = True
        self.turns.cancel(entry)

    def _release(self, entry: Entry) -> None:
        self._held -= entry.is_held
        entry.is_held = False
        if entry.source:
            explained = self._explained[entry.source]
            del explained[entry.notice.id]
            if not explained:
                del self._explained[entry.source]
            entry.source = ""
