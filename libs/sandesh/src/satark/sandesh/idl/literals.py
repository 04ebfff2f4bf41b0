"""Text and number literals, both ways. Source: clause 1.1 of the specification."""

import math
import re

MAX_INTEGER = 2**64 - 1  # the whole of u64; the original stops at 2**63 - 1
MIN_INTEGER = -(2**63)
_MAX_DIGITS = 20  # of 2**64 - 1; also keeps int() from ever seeing megabytes

_ESCAPES = {"r": "\r", "n": "\n", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANS = {value: f"\\{letter}" for letter, value in _ESCAPES.items() if value != "'"}


def unquote(literal: str) -> str:
    """Return the text of a literal with its quotes; unknown escapes (`bad_escape` finds them) lose their backslash."""
    body = literal[1:-1]
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), body) if "\\" in body else body


def bad_escape(literal: str) -> tuple[int, str] | None:
    r"""Return offset and text of the first escape that is none, or None: known are `\r \n \t \" \' \\`."""
    for match in _ESCAPE.finditer(literal):
        if match[1] not in _ESCAPES:
            return match.start(), match[0]
    return None


def quote(text: str) -> str:
    """Return a literal in double quotes."""
    return f'"{"".join(_MEANS.get(character, character) for character in text)}"'


def integer(literal: str) -> int | None:
    """Return the value of an integer literal, decimal or `0x`; None outside -2**63 .. 2**64-1."""
    base, digits = (16, literal[2:]) if literal[:2] == "0x" else (10, literal)
    if len(digits.lstrip("+-0")) > _MAX_DIGITS:
        return None
    value = int(digits.lstrip("+"), base) if len(digits) <= 2 * _MAX_DIGITS else _long(digits, base)
    return value if MIN_INTEGER <= value <= MAX_INTEGER else None


def _long(digits: str, base: int) -> int:
    value = int(digits.lstrip("+-0") or "0", base)
    return -value if digits[0] == "-" else value


def double(literal: str) -> float | None:
    """Return the value of a number with fraction or exponent; None when it is beyond the largest double."""
    value = float(literal)
    return value if math.isfinite(value) else None
