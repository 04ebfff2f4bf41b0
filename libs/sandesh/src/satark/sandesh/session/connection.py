"""A session with its reader and its counts: bytes and events in, actions out; the shell owns socket and clock."""

from collections.abc import Callable

from satark.sandesh.session.actions import Action
from satark.sandesh.session.causes import RxCause, Tally
from satark.sandesh.session.events import Broken, Connected, Event, Lost, Unwanted
from satark.sandesh.session.intake import event_of
from satark.sandesh.session.states import Session, State
from satark.sandesh.session.table import step
from satark.sandesh.types import Level
from satark.sandesh.wire.errors import ControlError, FrameError
from satark.sandesh.wire.frame import DEFAULT_MAX_FRAME_BYTES, Frame, FrameReader
from satark.sandesh.wire.xml import NO_CLASSES, Classes

Reject = Callable[[RxCause, str, bytes], None]
"""Told of what could not be read: the cause, the problem in words, and the bytes as they came."""

_LISTENING = frozenset((State.CLIENT_INIT, State.SERVER_INIT, State.ESTABLISHED))


class Connection:
    """What a shell drives: it does the actions in order, and calls `happen(TimerExpired())` at `session.deadline_s`.

    `reject` is told of every frame that could not be read, and of what was no frame, with the bytes. `drop_level` may be changed at any time, when the receiver is overloaded and when it no longer is.
    """

    def __init__(
        self,
        session: Session,
        *,
        classes: Classes = NO_CLASSES,
        max_frame_bytes: int = DEFAULT_MAX_FRAME_BYTES,
        drop_level: int = Level.INVALID,
        reject: Reject | None = None,
    ) -> None:
        self.session = session
        self.received = Tally()
        self.mended = 0
        self.drop_level = drop_level
        self._classes = classes
        self._max_frame_bytes = max_frame_bytes
        self._reject = reject
        self._reader = FrameReader(max_frame_bytes=max_frame_bytes)

    @property
    def pending_bytes(self) -> int:
        """Bytes that came and are not yet a frame."""
        return self._reader.pending_bytes

    def happen(self, event: Event, now_s: float) -> list[Action]:
        """What is to be done because of an event."""
        if isinstance(event, Connected) and event.connection == self.session.connection:
            self._reader = FrameReader(max_frame_bytes=self._max_frame_bytes)
        self.session, actions = step(self.session, event, now_s)
        return list(actions)

    def receive(self, data: bytes, now_s: float) -> list[Action]:
        """What is to be done because of bytes from the peer; after the end of the connection they are ignored."""
        actions: list[Action] = []
        connection = self.session.connection
        frames = self._reader.feed(data)
        while self.session.state in _LISTENING and self.session.connection == connection:
            try:
                frame = next(frames, None)
            except FrameError as error:
                if self._reject is not None:
                    self._reject(RxCause.DECODING_FAILED, str(error), self._reader.failed_bytes)
                actions += self.happen(Broken(error), now_s)
                break
            if frame is None:
                break
            self.mended += frame.mended
            event = event_of(frame, self.session.role, self._classes, drop_level=self.drop_level)
            self._count(event, frame)
            actions += self.happen(event, now_s)
        return actions

    def lost(self, now_s: float, problem: str = "closed by the peer") -> list[Action]:
        """What is to be done because the peer is gone; that it went inside a frame is told as the reason."""
        pending = self._reader.pending_bytes
        told = f"{problem}, {pending} bytes into a frame" if pending else problem
        return self.happen(Lost(self.session.connection, told), now_s)

    def _count(self, event: Event, frame: Frame) -> None:
        """Every frame is counted once: as passed, or by what was wrong with it."""
        if isinstance(event, Unwanted):
            self.received.drop(event.cause, frame.length)
            if event.cause is not RxCause.QUEUE_LEVEL:
                self._rejected(event.cause, event.problem, frame)
        elif isinstance(event, Broken):
            is_control = isinstance(event.error, ControlError)
            cause = RxCause.CONTROL_FAILED if is_control else RxCause.DECODING_FAILED
            self.received.drop(cause, frame.length)
            self._rejected(cause, str(event.error), frame)
        else:
            self.received.passed(frame.length)

    def _rejected(self, cause: RxCause, problem: str, frame: Frame) -> None:
        if self._reject is not None:
            self._reject(cause, problem, frame.content)
