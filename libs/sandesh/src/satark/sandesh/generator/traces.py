"""Trace buffers: named rings of the newest trace messages, and who has read how far (clause 5.3)."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from satark.sandesh.generator.texts import one_line
from satark.sandesh.types import Message

MAX_BUFFERS = 1_000
MAX_SIZE = 1_000_000


@dataclass(frozen=True, slots=True)
class Trace:
    """One message of a buffer: its number there, from 1, and when it was put in."""

    number: int
    timestamp_us: int
    message: Message

    @property
    def text(self) -> str:
        """The line that introspect shows: `<timestamp> <Message>: <values>`."""
        return f"{self.timestamp_us} {self.message.__sandesh__.name}:{one_line(self.message)}"


@dataclass(slots=True)
class _Ring:
    messages: deque[Trace]
    enabled: bool
    last: int = 0
    read_to: int = 0


class TraceBuffers:
    """All buffers of a generator. Messages for one that does not exist, or is off, are discarded and counted."""

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self.discarded = 0
        self._rings: dict[str, _Ring] = {}

    def create(self, name: str, size: int, *, enabled: bool = True) -> None:
        """Make a ring of `size` messages; one that exists keeps its newest ones. Raises `ValueError`."""
        if not 1 <= size <= MAX_SIZE:
            raise ValueError(f"a trace buffer has 1 to {MAX_SIZE} messages, not {size}")
        known = self._rings.get(name)
        if known is not None:
            known.messages = deque(known.messages, maxlen=size)
            known.enabled = enabled
            return
        if len(self._rings) >= MAX_BUFFERS:
            raise ValueError(f"there are {MAX_BUFFERS} trace buffers already")
        self._rings[name] = _Ring(deque(maxlen=size), enabled)

    def delete(self, name: str) -> None:
        """Forget a buffer and its messages; nothing if there is none."""
        self._rings.pop(name, None)

    def names(self) -> list[str]:
        """The buffers, by name."""
        return sorted(self._rings)

    def is_enabled(self, name: str) -> bool:
        """Whether it is on; raises `KeyError` for none."""
        return self._rings[name].enabled

    def enable(self, name: str, *, enabled: bool = True) -> None:
        """Switch it on or off; raises `KeyError` for none."""
        self._rings[name].enabled = enabled

    def size(self, name: str) -> int:
        """How many messages it holds at most; raises `KeyError` for none."""
        return self._rings[name].messages.maxlen or 0

    def add(self, name: str, message: Message, timestamp_us: int) -> bool:
        """Put a message last, over the oldest if need be; whether it was kept."""
        ring = self._rings.get(name)
        if ring is None or not ring.enabled or not self.enabled:
            self.discarded += 1
            return False
        ring.last += 1
        ring.messages.append(Trace(ring.last, timestamp_us, message))
        return True

    def newest(self, name: str, count: int = 0) -> Sequence[Trace]:
        """The newest `count` messages, all for 0, oldest first; none for an unknown buffer."""
        ring = self._rings.get(name)
        held = () if ring is None else tuple(ring.messages)
        return held[-count:] if count > 0 else held

    def unread(self, name: str, count: int = 0) -> Sequence[Trace]:
        """The next messages that a collector has not had, at most `count`, all for 0; each is given once."""
        ring = self._rings.get(name)
        if ring is None:
            return ()
        due = [each for each in ring.messages if each.number > ring.read_to]
        page = due[:count] if count > 0 else due
        if page:
            ring.read_to = page[-1].number
        return page
