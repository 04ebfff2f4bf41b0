"""What waits to be sent: bounded in bytes of frames, logs dropped by level, every loss counted (clause 4.7)."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from satark.sandesh.session.causes import Tally, TxCause
from satark.sandesh.session.levels import (
    FILTERED,
    HIGH_MARKS,
    LOW_MARKS,
    MIB,
    Mark,
    level_when_emptier,
    level_when_fuller,
)
from satark.sandesh.types import Level, SandeshType

DEFAULT_MAX_BYTES = 200 * MIB
DEFAULT_MAX_FRAMES = 1_000_000
BATCH_BYTES = 16 * 1024
_STATE = frozenset((SandeshType.UVE, SandeshType.ALARM))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A frame ready to be sent, and what decides whether it is: its type, its level; `name` is for counting."""

    frame: bytes
    name: str
    type: int
    level: int


class SendQueue:
    """Frames in order. Its size is that of the frames themselves, not an estimate as in the originals.

    `overflowed` is set when state was dropped, or reached the level of state: the session should then be closed, so
    that a synchronisation makes up for it.
    """

    def __init__(
        self,
        *,
        max_bytes: int = DEFAULT_MAX_BYTES,
        max_frames: int = DEFAULT_MAX_FRAMES,
        high_marks: Sequence[Mark] = HIGH_MARKS,
        low_marks: Sequence[Mark] = LOW_MARKS,
    ) -> None:
        self._waiting: deque[Outgoing] = deque()
        self.max_bytes = max_bytes
        self._max_frames = max_frames
        self._high_marks = tuple(high_marks)
        self._low_marks = tuple(low_marks)
        self.size_bytes = 0
        self.sending_level: int = Level.INVALID
        self.overflowed = False
        self.sent = Tally()
        self.enqueued = 0
        self.longest = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def marks(self) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
        """The marks of a filling and of an emptying queue, each in ascending order."""
        return self._high_marks, self._low_marks

    @marks.setter
    def marks(self, marks: tuple[tuple[Mark, ...], tuple[Mark, ...]]) -> None:
        """Count with these from the next change of the size on."""
        self._high_marks, self._low_marks = marks

    def offer(self, outgoing: Outgoing) -> TxCause | None:
        """Put it last, or tell why it was dropped."""
        length = len(outgoing.frame)
        cause = self._refusal(outgoing)
        if cause is not None:
            self.sent.drop(cause, length)
            return cause
        self._waiting.append(outgoing)
        self.enqueued += 1
        self.longest = max(self.longest, len(self._waiting))
        before, self.size_bytes = self.size_bytes, self.size_bytes + length
        self.sending_level = level_when_fuller(self.sending_level, before, self.size_bytes, self._high_marks)
        return None

    def _refusal(self, outgoing: Outgoing) -> TxCause | None:
        is_state = outgoing.type in _STATE
        if is_state and self.sending_level <= Level.SYS_UVE:
            self.overflowed = True
        if outgoing.type in FILTERED and outgoing.level >= self.sending_level:
            return TxCause.QUEUE_LEVEL
        is_full = self.size_bytes + len(outgoing.frame) > self.max_bytes or len(self._waiting) >= self._max_frames
        if is_full:
            self.overflowed = self.overflowed or is_state
            return TxCause.NO_QUEUE
        return None

    def batch(self, max_bytes: int = BATCH_BYTES) -> list[Outgoing]:
        """What to write next: the first frame, and those after it that still fit. They stay until `taken`."""
        room = max_bytes
        count = 0
        for outgoing in self._waiting:
            room -= len(outgoing.frame)
            if count and room < 0:
                break
            count += 1
        return list(islice(self._waiting, count))

    def taken(self, count: int) -> None:
        """The first `count` frames were written."""
        before = self.size_bytes
        for _ in range(min(count, len(self._waiting))):
            length = len(self._waiting.popleft().frame)
            self.size_bytes -= length
            self.sent.passed(length)
        self.sending_level = level_when_emptier(self.sending_level, before, self.size_bytes, self._low_marks)

    def clear(self, cause: TxCause = TxCause.SESSION_NOT_CONNECTED) -> list[Outgoing]:
        """Drop everything, as when its session is over; what was dropped is returned."""
        dropped = list(self._waiting)
        for outgoing in dropped:
            self.sent.drop(cause, len(outgoing.frame))
        self._waiting.clear()
        self.size_bytes = 0
        self.sending_level = Level.INVALID
        self.overflowed = False
        return dropped
