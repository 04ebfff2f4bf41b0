"""Frames: `<sandesh length="NNNNNNNNNN">` header message `</sandesh>`, the length in bytes with both tags (clause 3.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from satark.sandesh.wire.errors import (
    BadLengthError,
    BadPrefixError,
    FrameError,
    FrameTooLargeError,
    TruncatedFrameError,
    WrongEndError,
)

PREFIX = b'<sandesh length="'
OPENING_BYTES = len(PREFIX) + 10 + 2
CLOSING = b"</sandesh>"
TAG_BYTES = OPENING_BYTES + len(CLOSING)
DEFAULT_MAX_FRAME_BYTES = 64 * 1024 * 1024

_OPENING = re.compile(PREFIX + rb'([0-9]{10})">')
_MESSAGE = re.compile(rb"</SandeshHeader><([^\s<>/]+)")
_LONGEST_CHARACTER_BYTES = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands between the tags. `length` is that of the frame; `mended` tells that its end was not where it said."""

    content: bytes
    length: int
    mended: bool = False


def frame(header: bytes, body: bytes, *, max_frame_bytes: int = DEFAULT_MAX_FRAME_BYTES) -> bytes:
    """The bytes to send for an encoded header and message. Raises `FrameTooLargeError`."""
    length = len(header) + len(body) + TAG_BYTES
    if length > max_frame_bytes:
        raise FrameTooLargeError(f"a frame of {length} bytes is over the limit of {max_frame_bytes}")
    return b'%b%010d">%b%b%b' % (PREFIX, length, header, body, CLOSING)


class FrameReader:
    """Cuts a stream into frames; holds at most one frame of `max_frame_bytes` and what was fed last.

    The Python original counts characters instead of bytes, so that its frames with non-ASCII text are longer than
    they say; the C++ original never looks at the closing tag. With `mend` both are understood: a frame whose end is
    not where it should be is cut where a closing tag is followed by an opening tag or by nothing (clause 8).
    `failed_bytes` are those that made it fail.
    """

    def __init__(self, *, max_frame_bytes: int = DEFAULT_MAX_FRAME_BYTES, mend: bool = True) -> None:
        self.failed_bytes = b""
        self._max_frame_bytes = max_frame_bytes
        self._mend = mend
        self._buffer = bytearray()
        self._start = 0
        self._length = 0
        self._searched = 0
        self._failure: FrameError | None = None

    @property
    def pending_bytes(self) -> int:
        """Bytes that were fed and are not yet a frame."""
        return len(self._buffer) - self._start

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that `data` completes. Iterating raises a `FrameError` after the last sound frame, for good."""
        self._buffer += data
        return self._frames()

    def finish(self) -> None:
        """The stream has ended. Raises `TruncatedFrameError` when that is inside a frame."""
        if self._failure is None and self.pending_bytes:
            raise TruncatedFrameError(f"the stream ends {self.pending_bytes} bytes into a frame")

    def _frames(self) -> Iterator[Frame]:
        if self._failure is not None:
            raise self._failure
        try:
            while (each := self._next()) is not None:
                yield each
        except FrameError as error:
            self._failure = error
            self.failed_bytes = bytes(self._buffer[self._start :])
            self._buffer.clear()
            self._start = 0
            raise
        finally:
            del self._buffer[: self._start]
            self._searched = max(0, self._searched - self._start)
            self._start = 0

    def _next(self) -> Frame | None:
        if not self._length and not self._open():
            return None
        start, end = self._start, self._start + self._length
        if len(self._buffer) < end:
            return None
        mended = False
        content_end: int | None = end - len(CLOSING)
        if not self._buffer.endswith(CLOSING, start, end):
            mended = True
            content_end, end = self._mended(start, end)
            if content_end is None:
                return None
        content = bytes(self._buffer[start + OPENING_BYTES : content_end])
        self._start, self._length, self._searched = end, 0, 0
        return Frame(content, end - start, mended)

    def _open(self) -> bool:
        """Read the length of the next frame; false while the opening tag is incomplete."""
        if self.pending_bytes < OPENING_BYTES:
            return False
        found = _OPENING.match(self._buffer, self._start)
        if found is None:
            opening = bytes(self._buffer[self._start : self._start + OPENING_BYTES])
            wrong_length = opening.startswith(PREFIX)
            raise (BadLengthError if wrong_length else BadPrefixError)(f"a frame begins with {opening!r}")
        length = int(found[1])
        if length < TAG_BYTES:
            raise BadLengthError(f"a frame says that it has {length} bytes; its tags alone have {TAG_BYTES}")
        if length > self._max_frame_bytes:
            raise FrameTooLargeError(f"a frame of {length} bytes is over the limit of {self._max_frame_bytes}")
        self._length = length
        return True

    def _mended(self, start: int, end: int) -> tuple[int | None, int]:
        """Where the content and the frame really end; no content end while that is yet to come."""
        if not self._mend:
            raise WrongEndError(f"no closing tag at the end of {self._length} bytes")
        if not self._searched and self._is_message(start, end - len(CLOSING)):
            return end - len(CLOSING), end
        limit = start + min(self._length * _LONGEST_CHARACTER_BYTES, self._max_frame_bytes)
        at = max(start + OPENING_BYTES, self._searched)
        while (at := self._buffer.find(CLOSING, at, limit)) >= 0:
            after = at + len(CLOSING)
            if PREFIX.startswith(bytes(self._buffer[after : after + len(PREFIX)])):
                return at, after
            at = after
        if len(self._buffer) >= limit:
            raise WrongEndError(f"no closing tag at the end of {self._length} bytes, nor near it")
        self._searched = max(start + OPENING_BYTES, len(self._buffer) - len(CLOSING))
        return None, end

    def _is_message(self, start: int, end: int) -> bool:
        """Whether the content up to `end` ends with the closing tag of its message."""
        name = _MESSAGE.search(self._buffer, start, max(start, end))
        return name is not None and self._buffer.endswith(b"</%b>" % name[1], start, end)
