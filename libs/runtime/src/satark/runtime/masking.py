"""Log events made safe: secrets masked, and nothing in them that JSON cannot say. Pure."""

import json
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any
from urllib.parse import quote, quote_plus

from structlog.typing import EventDict, WrappedLogger

from satark.runtime.secret import Secret

MASK = "***"

_MIN_SECRET_CHARS = 4
"""Shorter secrets would mask ordinary words."""

_MAX_DEPTH = 8
"""Deeper values are shown as text: a log line is no database, and a value may contain itself."""


class SecretMask:
    """A structlog processor that replaces known secrets in everything a log event holds.

    Besides the secret itself it knows how the secret looks quoted in a URL, in JSON and in a `repr`.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        texts = {form for secret in secrets for form in _forms(secret.reveal()) if len(form) >= _MIN_SECRET_CHARS}
        # Longest first: one secret may be part of another.
        self._texts = tuple(sorted(texts, key=lambda text: (-len(text), text)))

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Return the event with every known secret masked, at any depth of lists and mappings."""
        # Keys that begin with an underscore carry structlog's own objects to its formatter.
        return {key: value if key.startswith("_") else self._safe(value, _MAX_DEPTH) for key, value in event.items()}

    def text(self, text: str) -> str:
        """Return a text with every known secret masked."""
        for known in self._texts:
            text = text.replace(known, MASK)
        return text

    def _safe(self, value: Any, depth: int) -> Any:
        if isinstance(value, bool | int | None):
            return value
        if isinstance(value, float):
            return value if isfinite(value) else str(value)  # JSON has no NaN and no infinity
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping) and depth:
            return {self.text(str(key)): self._safe(item, depth - 1) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset) and depth:
            return [self._safe(item, depth - 1) for item in value]
        return self.text(_shown(value))


def _forms(text: str) -> set[str]:
    return {text, quote(text, safe=""), quote(text), quote_plus(text), json.dumps(text)[1:-1], repr(text)[1:-1]}


def _shown(value: Any) -> str:
    try:
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    except Exception as error:  # noqa: BLE001 - whatever a foreign __str__ does, the event is still logged
        return f"<{type(value).__name__} without a text: {type(error).__name__}>"
