"""Results as values of their field: numbers in range, result structs, and the two halves of a periodic result."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from satark.sandesh.generator.statistics.plans import Derived
from satark.sandesh.types import INTEGER_RANGES, Base, StructOf, Type

_NONE: Mapping[Any, Any] = MappingProxyType({})


def as_field(derived: Derived, results: Mapping[Any, Any], staging: Mapping[Any, Any] = _NONE) -> Any:
    """The value of the field: a map by key, or the one result, None without it.

    Raises `OverflowError` for a number that its type does not hold.
    """
    by_key = {key: _one(derived, results.get(key), staging.get(key)) for key in {**results, **staging}}
    return by_key if derived.of_keys else by_key.get(None)


def _one(derived: Derived, value: Any, staging: Any) -> Any:
    inner = derived.inner_type
    if not derived.is_wrapped or not isinstance(derived.result_type, StructOf):
        return shaped(inner, value)
    halves = {"value": value, "staging": staging}
    known = {each.name: each.attribute for each in derived.result_type.resolve().__sandesh__.fields}
    given = {known[name]: shaped(inner, half) for name, half in halves.items() if half is not None and name in known}
    return derived.result_type.resolve()(**given)


def shaped(type_: Type, result: Any) -> Any:
    """A result as a value of its type. Raises `OverflowError` for a number that does not fit."""
    if isinstance(type_, StructOf) and isinstance(result, dict):
        class_ = type_.resolve()
        fields = [each for each in class_.__sandesh__.fields if each.name in result]
        return class_(**{each.attribute: shaped(each.type, result[each.name]) for each in fields})
    if isinstance(type_, Base) and isinstance(result, int | float) and not isinstance(result, bool):
        return _in_range(type_, result)
    return result


def _in_range(type_: Base, result: float) -> float:
    if type_.name == "double":
        return float(result)
    number = int(result)
    low, high = INTEGER_RANGES[type_.name]
    if not low <= number <= high:
        raise OverflowError(f"{number} is no {type_.name}")
    return number
