"""Lines for a terminal: coloured by severity unless NO_COLOR is set, without what could steer it. A pipe gets them plain."""

from typing import Any

from satark.runtime.settings import environment

_RESET = "\x1b[0m"
_ALERT, _ERROR, _WARNING, _FAINT = "\x1b[1;31m", "\x1b[31m", "\x1b[33m", "\x1b[2m"
_BY_LEVEL = {0: _ALERT, 1: _ALERT, 2: _ALERT, 3: _ERROR, 4: _WARNING, 7: _FAINT, -100: _FAINT}


def coloured(line: str, level: Any) -> str:
    """Return a line in the colour of its severity: grave ones red, warnings yellow, UVEs and debugging faint."""
    colour = _BY_LEVEL.get(level)
    return line if colour is None else f"{colour}{line}{_RESET}"


def plain(text: str) -> str:
    """Return a text on one line and without control characters: what daemons say must not steer the reader's terminal."""
    return "".join(
        char if char.isprintable() else " " if char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def for_eyes(line: str, level: Any, *, colours: bool) -> str:
    """Return a line as a terminal is given it."""
    return coloured(plain(line), level) if colours else plain(line)


def wanted() -> bool:
    """Return whether colours are wanted (https://no-color.org)."""
    return not environment().get("NO_COLOR")
