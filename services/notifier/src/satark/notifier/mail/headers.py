"""Free text in mail headers: names from outside cannot add a header, and come out of any parser as they went in.

The standard library's folding loses or adds blanks in long non-ASCII texts, so free text is folded here: plain ASCII
at its blanks, everything else as base64 encoded words (RFC 2047) that are cut between characters.
"""

import re
import unicodedata
from base64 import b64encode

LINE_CHARS = 76
"""RFC 2047, clause 2: the longest line that holds an encoded word."""

_WRAPPER = len("=?utf-8?b??=")
_DIRECTION_OVERRIDES = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\ufeff"}
"""They turn the text that follows around; names in right-to-left scripts need none of them."""
_UNSAFE_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}


def clean(text: str, limit: int = 200) -> str:
    """Return a name as one line of at most `limit` characters, without control characters and with single blanks.

    The start of an encoded word (`=?`) is broken up, for a parser would decode what was never encoded.
    """
    safe = "".join(" " if _unsafe(char) else char for char in text[: limit * 4])
    line = " ".join(safe.split()).replace("=?", "= ?")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def folded(name: str, text: str, linesep: str = "\r\n") -> str:
    """Return the header's lines for a text that `clean` has passed."""
    return f"{name}: " + f"{linesep} ".join(_lines(len(name) + 2, text)) + linesep


def slug(text: str, default: str) -> str:
    """Return a text as one label of a domain name: lower-case ASCII letters, digits and inner hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or default


def _unsafe(char: str) -> bool:
    return unicodedata.category(char) in _UNSAFE_CATEGORIES or char in _DIRECTION_OVERRIDES


def _lines(indent: int, text: str) -> list[str]:
    words = text.split(" ")
    if text.isascii() and max(map(len, words)) <= LINE_CHARS - indent:
        return _filled(indent, words)
    return _encoded(indent, text)


def _filled(indent: int, words: list[str]) -> list[str]:
    lines = [words[0]]
    room = LINE_CHARS - indent
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
            room = LINE_CHARS - 1
    return lines


def _encoded(indent: int, text: str) -> list[str]:
    chunks: list[bytes] = [b""]
    for char in text:
        raw = char.encode()
        room = LINE_CHARS - (indent if len(chunks) == 1 else 1) - _WRAPPER
        if len(chunks[-1]) + len(raw) > room // 4 * 3:
            chunks.append(b"")
        chunks[-1] += raw
    return [f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in chunks]
