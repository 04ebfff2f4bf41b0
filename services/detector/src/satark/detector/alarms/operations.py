"""The eleven operations on two JSON values. null is below everything. Source: analytics specification, 4.2."""

from collections.abc import Callable, Mapping
from typing import Any

from satark.uve.alarms import Operation


class NotComparableError(ValueError):
    """These two values cannot be compared so."""


def compare(operation: Operation, left: Any, right: Any) -> bool:
    """Return whether the comparison holds. Raises NotComparableError."""
    try:
        return _OPERATIONS[operation](left, right)
    except (TypeError, RecursionError) as error:
        raise NotComparableError(f"{operation} cannot compare {kind_of(left)} with {kind_of(right)}") from error


def kind_of(value: Any) -> str:
    """Return what kind of JSON value it is."""
    return next(name for kind, name in _KINDS if isinstance(value, kind))


_KINDS: tuple[tuple[Any, str], ...] = (
    (type(None), "null"),
    (bool, "a truth value"),
    (int | float, "a number"),
    (str, "a text"),
    (list, "a list"),
    (dict, "an object"),
    (object, "a value that is not JSON"),
)


def _less(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is None and right is not None
    return bool(left < right)


def _is_in(left: Any, right: Any) -> bool:
    return isinstance(right, list) and left in right


def _is_within(left: Any, right: Any) -> bool:
    if not is_range(right):
        raise TypeError
    low, high = right
    return bool(low <= left <= high)


def is_range(value: Any) -> bool:
    """Return whether a value is two numbers, the lower first."""
    if not isinstance(value, list) or [kind_of(one) for one in value] != ["a number", "a number"]:
        return False
    return bool(value[0] < value[1])


def _has_size(left: Any, right: Any) -> bool:
    return isinstance(left, list) and len(left) == right


_OPERATIONS: Mapping[Operation, Callable[[Any, Any], bool]] = {
    Operation.EQUAL: lambda left, right: bool(left == right),
    Operation.UNEQUAL: lambda left, right: bool(left != right),
    Operation.LESS: _less,
    Operation.LESS_OR_EQUAL: lambda left, right: not _less(right, left),
    Operation.GREATER: lambda left, right: _less(right, left),
    Operation.GREATER_OR_EQUAL: lambda left, right: not _less(left, right),
    Operation.IN: _is_in,
    Operation.NOT_IN: lambda left, right: not _is_in(left, right),
    Operation.RANGE: _is_within,
    Operation.SIZE_EQUAL: _has_size,
    Operation.SIZE_UNEQUAL: lambda left, right: not _has_size(left, right),
}
