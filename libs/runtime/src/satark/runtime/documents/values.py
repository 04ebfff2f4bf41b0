"""The plain values of a file: numbers, durations, words, zones. Pure."""

import re
from collections.abc import Iterable
from math import isfinite
from zoneinfo import ZoneInfo

from satark.runtime.documents.parsing import Node
from satark.runtime.documents.shapes import Scalar

_UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile("".join(rf"(?:(\d{{1,9}}){unit})?" for unit in _UNITS))
_SECONDS = re.compile(r"\d{1,9}")


def number(words: str = "a number", *, low: float | None = None, above: float | None = None) -> Scalar:
    """Return the shape of a finite number, from `low`, or above `above`."""

    def parse(node: Node) -> float:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise ValueError  # noqa: TRY004 - a shape has one kind of error
        value = float(node.value)
        if not isfinite(value) or (low is not None and value < low) or (above is not None and value <= above):
            raise ValueError
        return value

    bounds = {name: one for name, one in (("minimum", low), ("exclusiveMinimum", above)) if one is not None}
    return Scalar(words, parse, {"type": "number", **bounds})


def whole(low: int, high: int) -> Scalar:
    """Return the shape of a whole number."""

    def parse(node: Node) -> int:
        if isinstance(node.value, bool) or not isinstance(node.value, int) or not low <= node.value <= high:
            raise ValueError
        return node.value

    return Scalar(f"a whole number from {low} to {high}", parse, {"type": "integer", "minimum": low, "maximum": high})


def duration(low_s: int, high_s: int) -> Scalar:
    """Return the shape of a duration; its value is in seconds."""

    def parse(node: Node) -> int:
        found = seconds(node.text)
        if not low_s <= found <= high_s:
            raise ValueError(f"it may be {in_words(low_s)} to {in_words(high_s)}")
        return found

    json = {
        "anyOf": [
            {"type": "integer", "minimum": low_s, "maximum": high_s},
            {"type": "string", "pattern": r"^(\d+|(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?)$", "minLength": 1},
        ]
    }
    return Scalar("a duration such as 10m, 1h30m or seconds", parse, json)


def seconds(text: str) -> int:
    """Return the seconds of `90`, `10m` or `1h30m`. Raises ValueError."""
    if _SECONDS.fullmatch(text):
        return int(text)
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError
    return sum(int(count) * unit for count, unit in zip(match.groups(), _UNITS.values(), strict=True) if count)


def in_words(duration_s: int) -> str:
    """Return a duration as it is written: `1h30m`."""
    parts = []
    for name, unit in _UNITS.items():
        count, duration_s = divmod(duration_s, unit)
        if count:
            parts.append(f"{count}{name}")
    return "".join(parts) or "0s"


def choice(words: Iterable[str]) -> Scalar:
    """Return the shape of one of some words."""
    known = tuple(words)

    def parse(node: Node) -> str:
        if node.text not in known:
            raise ValueError
        return node.text

    return Scalar(" or ".join(known), parse, {"enum": list(known)})


def exactly(value: int) -> Scalar:
    """Return the shape of one number."""

    def parse(node: Node) -> int:
        if isinstance(node.value, bool) or node.value != value:
            raise ValueError
        return value

    return Scalar(str(value), parse, {"const": value})


def flag() -> Scalar:
    """Return the shape of a truth value."""

    def parse(node: Node) -> bool:
        if not isinstance(node.value, bool):
            raise ValueError  # noqa: TRY004 - a shape has one kind of error
        return node.value

    return Scalar("true or false", parse, {"type": "boolean"})


def text(words: str, *, most: int, pattern: str = r".+") -> Scalar:
    """Return the shape of a text of one line: as it is written, also where it looks like a number."""

    def parse(node: Node) -> str:
        if len(node.text) > most:
            raise ValueError(f"it may have {most} characters")
        if not re.fullmatch(pattern, node.text):
            raise ValueError
        return node.text

    return Scalar(words, parse, {"type": ["string", "number", "boolean"], "maxLength": most})


def zone() -> Scalar:
    """Return the shape of an IANA time zone."""
    return Scalar("an IANA time zone such as Europe/Berlin", lambda node: parsed_zone(node.text), {"type": "string"})


def parsed_zone(text: str) -> ZoneInfo:
    """Return the time zone of a name. Raises ValueError."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("there is no such zone") from error
