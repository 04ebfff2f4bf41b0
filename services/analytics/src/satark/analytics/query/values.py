"""Values of terms: what a column's type makes of a number or a text from a query."""

import math
import re

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Column, Datatype
from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.request import Value

LARGEST = 2**63 - 1

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")


def bound(value: Value, column: Column, binder: Binder) -> str:
    """Return the placeholder of a value to compare a column with. Raises InvalidQueryError."""
    if column.datatype.integer and not column.several:
        return binder.integer(whole(value, column.name))
    if column.datatype is Datatype.DOUBLE:
        return binder.double(real(value, column.name))
    return binder.text(written(value))


def whole(value: Value, name: str) -> int:
    """Return a whole number of 64 bits. Raises InvalidQueryError."""
    number: int | None = None
    if isinstance(value, int):
        number = value
    elif isinstance(value, float):
        number = int(value) if math.isfinite(value) and value.is_integer() else None
    elif _WHOLE.fullmatch(value):
        number = int(value)
    if number is None or not -LARGEST <= number <= LARGEST:
        raise InvalidQueryError(f"Invalid value for {name}: a whole number of 64 bits is asked for")
    return number


def real(value: Value, name: str) -> float:
    """Return a number. Raises InvalidQueryError."""
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise InvalidQueryError(f"Invalid value for {name}: a number is asked for")
    return number


def written(value: Value) -> str:
    """Return a value as text, as a client would have written it: command lines make numbers of what looks like one."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST:
        return str(int(value))
    return str(value)
