"""Bytes as hexadecimal and text side by side. Pure."""

from collections.abc import Iterator

WIDTH = 16
_FIRST, _LAST = 0x20, 0x7E
"""The characters of ASCII that show as themselves."""


def hexdump(data: bytes, *, limit: int) -> Iterator[str]:
    """Yield the lines of a dump of at most `limit` bytes, and one that says how many more there are."""
    for start in range(0, min(len(data), limit), WIDTH):
        row = data[start : min(start + WIDTH, limit)]
        text = "".join(chr(byte) if _FIRST <= byte <= _LAST else "." for byte in row)
        yield f"{start:08x}  {row.hex(' '):<{3 * WIDTH - 1}}  {text}"
    if len(data) > limit:
        yield f"… {len(data) - limit} more bytes"
