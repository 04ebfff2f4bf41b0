"""Copies of what a program sends, so that it may go on changing it: as `copy.deepcopy`, by what is known of the types."""

from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any, TypeAlias

from satark.sandesh.types import Base, EnumOf, Layout, ListOf, MapOf, SetOf, Struct, StructOf, Type

_Copy: TypeAlias = Callable[[Any], Any]


def copied_attributes(record: Any) -> dict[str, Any]:
    """The set fields of a struct by Python attribute, with nothing in common with it that can be changed."""
    class_: Any = type(record)
    return {
        name: value if copied is None else copied(value)
        for name, copied in _plan(class_)
        if (value := getattr(record, name)) is not None
    }


@lru_cache(maxsize=4096)
def _plan(class_: Any) -> tuple[tuple[str, _Copy | None], ...]:
    """For each attribute how it is copied; None for what cannot change."""
    layout: Layout = class_.__sandesh__
    return tuple((each.attribute, _copier(each.type)) for each in layout.fields if each.constant is None)


def _copier(type_: Type) -> _Copy | None:
    match type_:
        case Base() | EnumOf():
            return None
        case StructOf():
            return _struct
        case ListOf(element) | SetOf(element):
            return _items(_copier(element))
        case MapOf(key, value):
            return _entries(_copier(value)) if type_.is_dict else _pairs(_copier(key), _copier(value))


def _struct(value: Any) -> Any:
    return type(value)(**copied_attributes(value)) if isinstance(value, Struct) else deepcopy(value)


def _items(element: _Copy | None) -> _Copy:
    def copied(value: Any) -> Any:
        if type(value) not in _SEQUENCES:
            return deepcopy(value)
        return type(value)(value) if element is None else type(value)(map(element, value))

    return copied


def _entries(element: _Copy | None) -> _Copy:
    def copied(value: Any) -> Any:
        if type(value) is not dict:
            return deepcopy(value)
        return dict(value) if element is None else {key: element(each) for key, each in value.items()}

    return copied


def _pairs(key: _Copy | None, element: _Copy | None) -> _Copy:
    def copied(value: Any) -> Any:
        if type(value) is not list or not all(type(each) is tuple and len(each) == _PAIR for each in value):
            return deepcopy(value)
        return [(key(one) if key else one, element(other) if element else other) for one, other in value]

    return copied


_SEQUENCES = frozenset((list, set, tuple, frozenset))
_PAIR = 2
