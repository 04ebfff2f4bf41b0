"""Any value that a class of the contract allows, derived from its annotations."""

import re
from datetime import UTC

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec import inspect

from satark.schemas.uves import Value

FEW = 3
SHORT = 24
PLAIN: dict[type[inspect.Type], SearchStrategy[object]] = {
    inspect.AnyType: st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    ),
    inspect.BoolType: st.booleans(),
    inspect.DateTimeType: st.datetimes(timezones=st.just(UTC)),
    inspect.NoneType: st.none(),
}


def events(event: type) -> SearchStrategy[object]:
    """Return a strategy for instances of a Struct."""
    return _values(inspect.type_info(event))


def _values(info: inspect.Type) -> SearchStrategy[object]:
    match info:
        case inspect.Metadata():
            pattern = (info.extra_json_schema or {}).get("pattern")
            return _values(info.type) if pattern is None else _matching(pattern)
        case inspect.StructType():
            return _structs(info)
        case inspect.UnionType():
            return st.one_of(*(_values(one) for one in info.types))
        case inspect.VarTupleType():
            return st.lists(_values(info.item_type), min_size=info.min_length or 0, max_size=FEW).map(tuple)
        case inspect.DictType():
            keys, values = _values(info.key_type), _values(info.value_type)
            return st.dictionaries(keys, values, min_size=info.min_length or 0, max_size=FEW)
        case _:
            return _scalars(info)


def _structs(info: inspect.StructType) -> SearchStrategy[object]:
    """A value of a UVE holds values: what it is made of cannot be followed to its end."""
    if info.cls is Value:
        return uve_values()
    return st.builds(info.cls, **{field.name: _values(field.type) for field in info.fields})


def uve_values() -> SearchStrategy[Value]:
    """Return a strategy for values of every type, nested a few levels deep."""
    texts = st.text(max_size=SHORT)
    annotations = st.dictionaries(texts, texts, max_size=FEW)
    scalars = st.builds(Value, type=st.sampled_from(["i32", "string"]), text=texts, annotations=annotations)

    def containers(inner: SearchStrategy[Value]) -> SearchStrategy[Value]:
        items = st.one_of(texts, inner)
        return st.one_of(
            st.builds(Value, type=st.just("struct"), struct=texts, fields=st.dictionaries(texts, inner, max_size=FEW)),
            st.builds(Value, type=st.just("list"), element=texts, items=st.lists(items, max_size=FEW).map(tuple)),
            st.builds(
                Value,
                type=st.just("map"),
                key=texts,
                element=texts,
                entries=st.lists(st.tuples(texts, items), max_size=FEW).map(tuple),
            ),
        )

    return st.recursive(scalars, containers, max_leaves=6)


def _scalars(info: inspect.Type) -> SearchStrategy[object]:
    match info:
        case inspect.StrType():
            return _texts(info)
        case inspect.IntType():
            least = info.ge if info.ge is not None else -(2**53) if info.gt is None else info.gt + 1
            return st.integers(min_value=least, max_value=info.le if info.le is not None else 2**53)
        case inspect.FloatType():
            return st.floats(min_value=info.gt, exclude_min=info.gt is not None, allow_nan=False, allow_infinity=False)
        case inspect.EnumType():
            return st.sampled_from(list(info.cls))
        case _:
            return PLAIN[type(info)]


def _texts(info: inspect.StrType) -> SearchStrategy[str]:
    if info.pattern is None:
        return st.text(min_size=info.min_length or 0, max_size=SHORT)
    return _matching(info.pattern)


def _matching(pattern: str) -> SearchStrategy[str]:
    return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True).filter(lambda text: len(text) < SHORT)
