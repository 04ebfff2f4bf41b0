"""Lines out of a stream: RFC 6587, and RFC 5425 for TLS. Sans-I/O: bytes in, frames out. Pure.

Two framings exist, and nothing announces which is used; the first bytes of a connection tell. `57 <34>1 …` counts the
octets of the line (3.4.1); anything else ends its lines with LF or NUL (3.4.2). RFC 5425 knows only the first, but
senders use the second over TLS as well. A connection keeps the framing that it began with: guessing anew for each
frame would let a line's text, after a lost octet, pass for a count.
"""

import re

from satark.sandesh_gateway.receivers.deliveries import Frame, UndecodableError

MAX_COUNT_DIGITS = 7
"""A count of more digits is no line that is too long but a stream that has lost its step."""
MAX_BETWEEN = 16
"""Bytes between two counted lines that are tolerated: some senders count and end their lines as well."""

_FIRST_COUNT = re.compile(rb"[1-9]\d{0,%d} <" % (MAX_COUNT_DIGITS - 1))
_FIRST_PART = re.compile(rb"[1-9]\d{0,%d} ?" % (MAX_COUNT_DIGITS - 1))
_COUNT = re.compile(rb"[\r\n\0 ]{0,%d}([1-9]\d{0,%d}) " % (MAX_BETWEEN, MAX_COUNT_DIGITS - 1))
_COUNT_PART = re.compile(rb"[\r\n\0 ]{0,%d}(?:[1-9]\d{0,%d})?" % (MAX_BETWEEN, MAX_COUNT_DIGITS - 1))
_END = re.compile(rb"[\n\0]")
_BLANK = b"\r\n\0 "


class Framing:
    """What one connection is in the middle of. Holds no more than the longest line and what was fed last."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max = max_line_bytes
        self._first = bytearray()
        self._rule: _Counted | _Ended | None = None

    @property
    def partial(self) -> bool:
        """True while a line has begun that has not ended."""
        return bool(self._first) if self._rule is None else self._rule.partial

    @property
    def lost(self) -> bool:
        """True when what follows cannot be told apart any more; the connection is of no use."""
        return isinstance(self._rule, _Counted) and self._rule.lost

    def feed(self, data: bytes) -> list[Frame]:
        """Return the lines that are complete now."""
        if self._rule is None:
            self._first += data
            if _FIRST_PART.fullmatch(self._first) or not self._first:
                return []
            self._rule = (_Counted if _FIRST_COUNT.match(self._first) else _Ended)(self._max)
            data = bytes(self._first)
            self._first.clear()
        return self._rule.feed(data)

    def close(self, *, clean: bool) -> list[Frame]:
        """Return what is left at the end of the stream. A line may be ended by a clean end instead of LF."""
        if self._rule is None:
            self._rule = _Ended(self._max)
            self._rule.feed(bytes(self._first))
            self._first.clear()
        return self._rule.close(clean=clean)


class _Ended:
    """Lines that end with LF or NUL. `_head` and `_lost` are of a line that is too long, until it ends."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max = max_line_bytes
        self._buffer = bytearray()
        self._head = b""
        self._lost = 0

    @property
    def partial(self) -> bool:
        return bool(self._buffer or self._head)

    def feed(self, data: bytes) -> list[Frame]:
        frames: list[Frame] = []
        searched, start = len(self._buffer), 0
        self._buffer += data
        while found := _END.search(self._buffer, searched):
            frames += self._line(bytes(self._buffer[start : found.start()]))
            start = searched = found.end()
        del self._buffer[:start]
        if len(self._buffer) > self._max:
            self._head = self._head or bytes(self._buffer[: self._max])
            self._lost += len(self._buffer)
            self._buffer.clear()
        return frames

    def close(self, *, clean: bool) -> list[Frame]:
        frames = self._line(bytes(self._buffer))
        self._buffer.clear()
        if clean:
            return frames
        return [Frame(frame.raw, frame.error or _cut_short(len(frame.raw))) for frame in frames]

    def _line(self, rest: bytes) -> list[Frame]:
        length = self._lost + len(rest)
        raw = (self._head or rest)[: self._max]
        self._head, self._lost = b"", 0
        if length > self._max:
            return [Frame(raw, _too_long(length, self._max))]
        return [Frame(raw)] if raw.strip(_BLANK) else []


class _Counted:
    """Lines that are preceded by how many octets they have. `_skip` octets of a line that is too long are to come."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max = max_line_bytes
        self._buffer = bytearray()
        self._skip = 0
        self.lost = False

    @property
    def partial(self) -> bool:
        return bool(self._buffer or self._skip)

    def feed(self, data: bytes) -> list[Frame]:
        if self.lost:
            return []
        self._buffer += data
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def close(self, *, clean: bool) -> list[Frame]:  # noqa: ARG002 - a count tells by itself whether all came
        rest = bytes(self._buffer)
        self._buffer.clear()
        return [Frame(rest, _cut_short(len(rest)))] if rest.strip(_BLANK) else []

    def _next(self) -> Frame | None:
        skipped = min(self._skip, len(self._buffer))
        del self._buffer[:skipped]
        self._skip -= skipped
        found = _COUNT.match(self._buffer)
        if found is None:
            return None if _COUNT_PART.fullmatch(self._buffer) else self._lose_step()
        length, start = int(found[1]), found.end()
        end = start + min(length, self._max)
        if len(self._buffer) < end:
            return None
        raw = bytes(self._buffer[start:end])
        del self._buffer[:end]
        self._skip = length - len(raw)
        return Frame(raw, _too_long(length, self._max) if self._skip else None)

    def _lose_step(self) -> Frame:
        raw = bytes(self._buffer[: self._max])
        self._buffer.clear()
        self.lost = True
        return Frame(raw, UndecodableError("lost_step", f"no count of octets where one should be: {raw[:20]!r}"))


def _too_long(length: int, most: int) -> UndecodableError:
    return UndecodableError("too_long", f"the line has {length} bytes, at most {most} are taken; this is its head")


def _cut_short(length: int) -> UndecodableError:
    return UndecodableError("cut_short", f"the stream ended within a line, after {length} bytes of it")
