"""Objects by table, their names in order. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from satark.uve.uve import ShareKey


@dataclass(slots=True)
class Held:
    """What is held of one object: its state, its shares by struct and generator, and its counters' totals, encoded.

    `partition` is where shares and counters come from.
    """

    state: bytes | None = None
    shares: dict[ShareKey, bytes] = field(default_factory=dict)
    counters: bytes | None = None
    partition: int = field(default=-1, compare=False)

    @property
    def exists(self) -> bool:
        """Whether anybody says anything of the object."""
        return self.state is not None or bool(self.shares)


class Table:
    """The objects of one table by name. `alarmed` are those that may have alarms."""

    __slots__ = ("_added", "_removed", "_sorted", "alarmed", "objects")

    def __init__(self) -> None:
        self.objects: dict[str, Held] = {}
        self.alarmed: set[str] = set()
        self._sorted: list[str] = []
        self._added: set[str] = set()
        self._removed: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def held(self, name: str) -> Held:
        """Return the object of this name, a new one if there is none."""
        held = self.objects.get(name)
        if held is None:
            held = self.objects[name] = Held()
            self._added.add(name)
        return held

    def remove(self, name: str) -> None:
        """Forget an object that is there."""
        del self.objects[name]
        self.alarmed.discard(name)
        if name in self._added:
            self._added.discard(name)
        else:
            self._removed.add(name)

    def names(self) -> Sequence[str]:
        """Return the names in order; what is returned does not change any more.

        Sorting what is sorted but for a few is linear: that is why the few are kept apart until somebody asks.
        """
        if self._added or self._removed:
            kept = [name for name in self._sorted if name not in self._removed]
            self._sorted = sorted([*kept, *sorted(self._added)])
            self._added, self._removed = set(), set()
        return self._sorted
