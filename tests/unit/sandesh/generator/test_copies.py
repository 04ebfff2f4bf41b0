from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given

from satark.sandesh.generator.copies import copied_attributes
from satark.sandesh.types import I64, STRING, ListOf, MapOf, Message, SetOf, Struct, StructOf, attributes
from tests.unit.sandesh.generator.statistics.programs import optional, struct_of
from tests.unit.sandesh.values import messages

Inner = struct_of("Inner", optional(1, "words", ListOf(STRING)))
INNER = StructOf("Inner", lambda: Inner)
Outer = struct_of(
    "Outer",
    optional(1, "inner", INNER),
    optional(2, "inners", SetOf(INNER)),
    optional(3, "by_name", MapOf(STRING, INNER)),
    optional(4, "pairs", MapOf(INNER, MapOf(STRING, I64))),
    optional(5, "sets", ListOf(SetOf(I64))),
)
_CHANGED = "changed"


def spoilt(value: Any) -> None:
    """Change everything in a value that can be."""
    match value:
        case Struct():
            for field in value.__sandesh__.fields:
                spoilt(getattr(value, field.attribute))
                setattr(value, field.attribute, _CHANGED)
        case dict():
            for each in value.values():
                spoilt(each)
            value[_CHANGED] = _CHANGED
        case list() | tuple():
            for each in value:
                spoilt(each)
            if isinstance(value, list):
                value.append(_CHANGED)
        case set():
            value.add(_CHANGED)


@given(messages())
def test_a_copy_is_its_own(message: Message) -> None:
    """A copy has the same values, and keeps them whatever becomes of the original."""
    expected = deepcopy(attributes(message))
    copied = copied_attributes(message)

    assert expected == copied
    for each in attributes(message).values():
        spoilt(each)
    assert expected == copied


def test_every_compound() -> None:
    """Structs are copied wherever they are, as keys too."""
    inner = Inner(words=["a"])
    outer = Outer(inner=inner, inners=[inner], by_name={"n": inner}, pairs=[(inner, {"x": 1})], sets=[{1}, {2}])
    expected = deepcopy(attributes(outer))
    copied = copied_attributes(outer)
    spoilt(outer)

    assert expected == copied


@pytest.mark.parametrize("field", ["inner", "inners", "by_name", "pairs", "sets"])
@pytest.mark.parametrize("value", [5, "x", [5], [[5]], {"a": 5}, [(1,)], [(1, 2)], {1, 2}, ({},)], ids=repr)
def test_wrong_types(field: str, value: Any) -> None:
    """What is hidden is never encoded, and so not checked: a wrong value is copied all the same."""
    assert {field: value} == copied_attributes(Outer(**{field: value}))
