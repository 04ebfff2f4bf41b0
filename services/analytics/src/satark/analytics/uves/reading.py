"""What a read of objects asks for (analytics.md 1.11 and 2.4): parameters of a GET, or the body of a POST. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from satark.analytics.uves.objects import View
from satark.analytics.web.problem import Problem
from satark.uve.filters import EVERYTHING, Filters, content_of, filters_of
from satark.uve.tables import raw_table

FILTERS = ("sfilt", "mfilt", "cfilt", "kfilt", "tablefilt", "ackfilt")
MAX_STALE_S = 10 * 365 * 86_400
MAX_WORDS = 100_000
"""Names in one request."""


class ReadFilters(Filters):
    """Filters whose module may also be a daemon's name alone, as the documentation has it: contrail-vrouter-agent.

    All daemons' names have a hyphen. Another word without colons matches nothing, as in the original.
    """

    __slots__ = ()

    def wants_source(self, generator: str) -> bool:
        """Return whether what this generator says counts."""
        if self.module is None or ":" in self.module or "-" not in self.module:
            return Filters.wants_source(self, generator)
        parts = generator.rsplit(":", 3)
        return self.source in {None, parts[0]} and [self.module] == parts[2:3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is asked for. `tables` are raw names (None: all); `missing_is_404` asks for a status instead of `{}`."""

    filters: Filters
    is_flat: bool = True
    tables: frozenset[str] | None = None
    stale_s: float | None = None
    missing_is_404: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether anything but names is filtered."""
        return replace(self.filters, names=None) != EVERYTHING

    def named(self, names: tuple[str, ...]) -> "Reading":
        """Return the same for objects of these names."""
        return replace(self, filters=replace(self.filters, names=names))

    def flat(self) -> "Reading":
        """Return the same flat."""
        return replace(self, is_flat=True)

    def view(self, now_us: int) -> View:
        """Return how each object is looked at."""
        stale_us = None if self.stale_s is None else now_us - round(self.stale_s * 1e6)
        # Names choose objects, and not what is shown of them.
        return View(filters=replace(self.filters, names=None), is_flat=self.is_flat, stale_us=stale_us)


def reading_of(parameters: Mapping[str, str]) -> Reading:
    """Return what the parameters of a GET ask for. Raises Problem (400)."""
    try:
        filters = _filters(filters_of(parameters))
    except ValueError:
        raise Problem(400, "bad_parameter", "Invalid ackfilt. ackfilt must be true or false") from None
    missing = parameters.get("missing", "")
    if missing not in {"", "404"}:
        raise Problem(400, "bad_parameter", "Invalid missing. missing must be 404")
    tables = parameters.get("tablefilt")
    return Reading(
        filters=filters,
        is_flat="flat" in parameters or any(name in parameters for name in FILTERS),
        tables=None if tables is None else frozenset(raw_table(word) for word in tables.split(",")),
        stale_s=_stale(parameters.get("stale")),
        missing_is_404=missing == "404",
    )


def posted(body: bytes) -> Reading:
    """Return what the body of a POST asks for. Raises Problem (400)."""
    try:
        asked = msgspec.json.decode(body or b"{}")
    except (msgspec.DecodeError, RecursionError):
        raise Problem(400, "bad_body", "the body is no JSON") from None
    if not isinstance(asked, dict):
        raise Problem(400, "bad_body", "the body is no JSON object")
    acknowledged = asked.get("ackfilt")
    if "ackfilt" in asked and not isinstance(acknowledged, bool):
        raise Problem(400, "bad_body", "Invalid ackfilt. ackfilt must be bool")
    names, content = _words(asked, "kfilt"), _words(asked, "cfilt")
    filters = Filters(
        names=("*",) if names is None else names,
        source=_word(asked, "sfilt"),
        module=_word(asked, "mfilt"),
        content=None if content is None else content_of(content),
        acknowledged=acknowledged,
    )
    return Reading(filters=_filters(filters))


def _filters(filters: Filters) -> Filters:
    """Filters without a module are equal to what they are; the class is only for those that have one."""
    if filters.module is None:
        return filters
    return ReadFilters(
        source=filters.source,
        module=filters.module,
        content=filters.content,
        acknowledged=filters.acknowledged,
        names=filters.names,
    )


def _stale(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MAX_STALE_S:
        raise Problem(400, "bad_parameter", "Invalid stale. stale must be a number of seconds")
    return seconds


def _word(asked: Mapping[str, Any], name: str) -> str | None:
    word = asked.get(name)
    if name in asked and not isinstance(word, str):
        raise Problem(400, "bad_body", f"Invalid {name}")
    return word


def _words(asked: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    if name not in asked:
        return None
    words = asked[name]
    if not isinstance(words, list) or len(words) > MAX_WORDS or not all(isinstance(word, str) for word in words):
        raise Problem(400, "bad_body", f"Invalid {name}")
    return tuple(words)
