"""The query parameters of v2, checked: form mistakes are a ValidationError (400), impossible values a 422."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from satark.simulators.vco.errors import PortalError
from satark.simulators.vco.params import MAX_PAGE, Interval, Window, window
from satark.simulators.vco.v2.errors import DataValidationError, ValidationError

Query = Mapping[str, str]
EPOCH_DIGITS = 13


def interval(query: Query, now: datetime, *, required: bool = True) -> Window:
    """Return the window of `start` and `end` (default: now); without either, where that is allowed, twelve hours.

    Raises ValidationError for anything but 13-digit milliseconds, DataValidationError for an impossible interval.
    """
    start, end = epoch_ms(query, "start"), epoch_ms(query, "end")
    if start is None and required:
        raise ValidationError("start is required")
    try:
        return window(None if start is None else Interval(start, end), now)
    except PortalError as error:
        raise DataValidationError(error.message) from error


def epoch_ms(query: Query, name: str) -> int | None:
    """Return a time in milliseconds, or None when it is not given.

    Raises ValidationError.
    """
    text = query.get(name)
    if text is None:
        return None
    if len(text) != EPOCH_DIGITS or not (text.isascii() and text.isdigit()):
        raise ValidationError(f"{name} must be a 13-digit millisecond-precision epoch timestamp")
    return int(text)


def number(query: Query, name: str, default: int, maximum: int = MAX_PAGE) -> int:
    """Return a positive number, at most the maximum.

    Raises ValidationError.
    """
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= EPOCH_DIGITS and int(text) > 0):
        raise ValidationError(f"{name} must be a positive integer")
    return min(int(text), maximum)


def words(query: Query, name: str) -> list[str]:
    """Return the parts of a comma-separated parameter; without it there are none."""
    return [word.strip() for word in query.get(name, "").split(",") if word.strip()]


def filters(query: Query, fields: Sequence[str]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the filters `field[op]=value` as (field, op, values).

    Raises DataValidationError for a field that cannot be filtered by.
    """
    found = []
    for name, value in query.items():
        field, bracket, op = name.partition("[")
        if bracket and op.endswith("]"):
            if field not in fields:
                raise DataValidationError(f"cannot filter by {field[:40]}")
            found.append((field, op[:-1], tuple(value.split(","))))
    return found


def accepts(value: str, op: str, wanted: Sequence[str]) -> bool:
    """Return whether a value obeys one filter.

    Raises DataValidationError for an unknown op.
    """
    match op:
        case "is" | "in":
            return value in wanted
        case "isNot" | "notIn":
            return value not in wanted
        case "contains":
            return any(one in value for one in wanted)
        case "startsWith":
            return value.startswith(tuple(wanted))
        case _:
            raise DataValidationError(f"unknown filter {op[:40]}")
