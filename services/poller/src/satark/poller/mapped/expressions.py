"""JMESPath: how a mapping points into an answer. Compiled once. Pure.

A search in a document of a machine that one does not own must never end the process: what fails, finds nothing.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

MAX_CHARS = 2_000
MAX_TEXT_CHARS = 1_024


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression."""

    text: str
    compiled: ParsedResult

    def find(self, document: Any) -> Any:
        """Return what the expression finds, None when it finds nothing or fails."""
        try:
            return self.compiled.search(document)
        except (JMESPathError, ArithmeticError, AttributeError, RecursionError, TypeError, ValueError):
            return None

    def text_in(self, document: Any) -> str:
        """Return a text or number as a text on one line, empty for all else."""
        value = self.find(document)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return ""
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        return "".join(c if c.isprintable() else " " for c in text[:MAX_TEXT_CHARS]).strip()


def expression(text: str) -> Expression:
    """Return a compiled expression. Raises ValueError with what is wrong with it, on one line."""
    if len(text) > MAX_CHARS:
        raise ValueError(f"longer than {MAX_CHARS} characters")
    try:
        return Expression(text, jmespath.compile(text))
    except (JMESPathError, RecursionError, ValueError) as error:
        words = " ".join(str(error).partition("\n")[0].split())
        for noise in ("Invalid jmespath expression: ", ", for expression:", "invalid token: "):
            words = words.replace(noise, "")
        raise ValueError(f"not JMESPath: {words.rstrip(':') or type(error).__name__}") from error


def number_of(value: Any) -> float | None:
    """Return a finite number, also of a text of one; None for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
