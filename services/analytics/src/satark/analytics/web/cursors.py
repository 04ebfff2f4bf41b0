"""Where a list goes on. A cursor holds the last row's place and a mark of the question; it is checked, not trusted.

Its values reach the store as bound parameters only, so that a made up cursor asks for what anybody may ask for anyway.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64Error
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Parameter

T = TypeVar("T")

MAX_LENGTH = 2048
NAME = "cursor"
LIMIT = "limit"

CURSOR = Parameter(
    NAME,
    "Where to go on: `next` of the answer before, with all else as it was.",
    {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
)


def limit(default: int = 100, most: int = 1000) -> Parameter:
    """Return the parameter that says how many rows a page has."""
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Parameter(LIMIT, "How many at most in this answer.", schema)


def seal(question: Mapping[str, Any], place: tuple[Any, ...]) -> str:
    """Return the cursor behind a place (JSON values, or times) in the answers to a question."""
    raw = msgspec.json.encode((_mark(question), place))
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def opened(question: Mapping[str, Any], kind: type[T]) -> T | None:
    """Return the place that the question's cursor holds, None without one. Raises Problem (400) for what is no such cursor."""
    text = question.get(NAME)
    if text is None:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        mark, place = msgspec.json.decode(raw, type=tuple[str, msgspec.Raw])
        found = msgspec.json.decode(place, type=kind)
    except (NoBase64Error, ValueError, RecursionError):
        raise Problem(400, "bad_cursor", "cursor: is none that this server gave") from None
    if mark != _mark(question):
        raise Problem(400, "bad_cursor", "cursor: belongs to another question; keep all other parameters as they were")
    return found


def _mark(question: Mapping[str, Any]) -> str:
    asked = sorted((name, value) for name, value in question.items() if name not in {NAME, LIMIT})
    return sha256(msgspec.json.encode(asked)).hexdigest()[:12]
