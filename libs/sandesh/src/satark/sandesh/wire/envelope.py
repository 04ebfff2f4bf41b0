"""A frame's content as a header and the bytes of one message, before anything looks into the message."""

import re
from dataclasses import dataclass

from satark.sandesh.types import Header
from satark.sandesh.wire.errors import MalformedError
from satark.sandesh.wire.frame import Frame
from satark.sandesh.wire.header import decode_header

_HEADER_END = b"</SandeshHeader>"
_name = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.:-]*)[\s/>]").match


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message that is not decoded yet. `length` is that of its frame in bytes, `name` the message's."""

    header: Header
    name: str
    body: bytes
    length: int


def open_frame(frame: Frame) -> Envelope:
    """Read the header of a frame and the name of its message. Raises `MalformedError` or `HeaderError`."""
    content = frame.content
    if not content.startswith((b"<SandeshHeader>", b"<SandeshHeader ")):
        raise MalformedError(f"a frame has no header: {content[:40]!r}")
    at = content.find(_HEADER_END) + len(_HEADER_END)
    if at < len(_HEADER_END):
        raise MalformedError("a frame has no end of its header")
    name = _name(content, at)
    if name is None:
        raise MalformedError(f"a frame has no message after its header: {content[at : at + 40]!r}")
    return Envelope(decode_header(content[:at]), name[1].decode(), content[at:], frame.length)
