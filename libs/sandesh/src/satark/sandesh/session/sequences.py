"""Sequence numbers on both sides, and what they say must be sent again (clause 4.5)."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from satark.sandesh.types import INTEGER_RANGES
from satark.sandesh.wire.control import Hello, Identity

FIRST = 1
_LAST = INTEGER_RANGES["i32"][1]


class SequenceNumbers:
    """A counter for each class of message, from 1, not reset by a new connection; after the last i32 comes 1 again."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def next(self, name: str) -> int:
        """The number of the next message of that name."""
        last = self._last.get(name, 0)
        number = FIRST if last >= _LAST else last + 1
        self._last[name] = number
        return number

    def last(self, name: str) -> int:
        """The number that was given last, 0 before the first."""
        return self._last.get(name, 0)


def must_synchronise(seen: Mapping[str, int], names: Iterable[str], sequence_number: int) -> bool:
    """Whether a collector that has `seen` these numbers needs a cached UVE of this one.

    `names` are those under which it may know the type: the data struct's, and the message's (clause 3.5).
    """
    known = max((seen.get(name, 0) for name in names), default=0)
    return known == 0 or sequence_number > known


@dataclass(slots=True)
class _Generator:
    pid: int
    numbers: dict[str, int] = field(default_factory=dict)


class SeenNumbers:
    """What a collector has of whom, for the `Reply` to a generator that comes back as the same process.

    Bounded: the generators heard of least recently, and types beyond `max_types` of one, are forgotten, which only
    costs a full synchronisation.
    """

    def __init__(self, *, max_generators: int = 10_000, max_types: int = 1_000) -> None:
        self._generators: OrderedDict[Identity, _Generator] = OrderedDict()
        self._max_generators = max_generators
        self._max_types = max_types

    def __len__(self) -> int:
        return len(self._generators)

    def seen(self, hello: Hello) -> dict[str, int]:
        """A number for each of the generator's types, in its own spelling; 0 for all when the process is another."""
        known = self._generators.get(hello.identity)
        if known is None or known.pid != hello.pid:
            known = _Generator(hello.pid)
        self._generators[hello.identity] = known
        self._generators.move_to_end(hello.identity)
        if len(self._generators) > self._max_generators:
            self._generators.popitem(last=False)
        return {name: known.numbers.get(name, 0) for name in hello.uve_types}

    def note(self, identity: Identity, names: Iterable[str], sequence_number: int, *, is_sync: bool) -> None:
        """A UVE came. What is sent again does not count, since it comes in no order and may end half way through."""
        known = self._generators.get(identity)
        if known is None or is_sync:
            return
        for name in names:
            if name in known.numbers or len(known.numbers) < self._max_types:
                known.numbers[name] = sequence_number

    def forget(self, identity: Identity) -> None:
        """What it had sent is no longer kept: it must send everything again."""
        self._generators.pop(identity, None)
