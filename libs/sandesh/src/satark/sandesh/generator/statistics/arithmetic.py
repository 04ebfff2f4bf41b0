"""Arithmetic of samples: of numbers, and of structs field by field."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from satark.sandesh.types import INTEGER_RANGES, Base, Struct, Type

Sample: TypeAlias = Any
"""A number or a struct; algorithms that only pass values on take any value."""


def is_number(type_: Type) -> bool:
    """Whether values of this type can be added."""
    return isinstance(type_, Base) and (type_.name in INTEGER_RANGES or type_.name == "double")


@lru_cache(maxsize=1024)
def number_attributes(class_: type[Struct]) -> tuple[str, ...]:
    """The attributes of a struct that hold numbers; structs within it do not count."""
    return tuple(each.attribute for each in class_.__sandesh__.fields if is_number(each.type))


def numbers(sample: Sample) -> Sample:
    """The sample without what is no number."""
    return combined(lambda one, _: one, sample, sample) if isinstance(sample, Struct) else sample


def plus(one: Sample, other: Sample) -> Sample:
    """The sum."""
    return combined(lambda a, b: a + b, one, other)


def minus(one: Sample, other: Sample) -> Sample:
    """The difference."""
    return combined(lambda a, b: a - b, one, other)


def over(sample: Sample, count: int) -> Sample:
    """A share of `count`; of integers without the fraction, as in C."""
    return combined(lambda a, _: _divided(a, count), sample, sample)


def is_zero(sample: Sample) -> bool:
    """Whether it is 0, or has only such fields."""
    if not isinstance(sample, Struct):
        return bool(sample == 0)
    class_: Any = type(sample)
    return all(not getattr(sample, name) for name in number_attributes(class_))


def combined(operation: Callable[[Any, Any], Any], one: Sample, other: Sample) -> Sample:
    """The operation on two numbers, or on the numbers of two structs; one that only one of them has meets a 0."""
    if not isinstance(one, Struct):
        return operation(one, other)
    class_: Any = type(one)
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in number_attributes(class_)}
    values = {name: operation(a or 0, b or 0) for name, (a, b) in pairs.items() if not a is b is None}
    return class_(**values)


def _divided(number: float, count: int) -> float:
    if isinstance(number, int):
        return number // count if number >= 0 else -(-number // count)
    return number / count
