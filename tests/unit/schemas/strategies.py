"""Any value that a class of the contract allows, derived from its annotations."""

import re
from datetime import UTC

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec import inspect

FEW = 3
SHORT = 24
PLAIN: dict[type[inspect.Type], SearchStrategy[object]] = {
    inspect.FloatType: st.floats(allow_nan=False, allow_infinity=False),
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
            return _values(info.type)
        case inspect.StructType():
            return st.builds(info.cls, **{field.name: _values(field.type) for field in info.fields})
        case inspect.UnionType():
            return st.one_of(*(_values(one) for one in info.types))
        case inspect.VarTupleType():
            return st.lists(_values(info.item_type), min_size=info.min_length or 0, max_size=FEW).map(tuple)
        case inspect.DictType():
            keys, values = _values(info.key_type), _values(info.value_type)
            return st.dictionaries(keys, values, min_size=info.min_length or 0, max_size=FEW)
        case _:
            return _scalars(info)


def _scalars(info: inspect.Type) -> SearchStrategy[object]:
    match info:
        case inspect.StrType():
            return _texts(info)
        case inspect.IntType():
            least = info.ge if info.ge is not None else -(2**53) if info.gt is None else info.gt + 1
            return st.integers(min_value=least, max_value=2**53)
        case inspect.EnumType():
            return st.sampled_from(list(info.cls))
        case _:
            return PLAIN[type(info)]


def _texts(info: inspect.StrType) -> SearchStrategy[str]:
    if info.pattern is None:
        return st.text(min_size=info.min_length or 0, max_size=SHORT)
    return st.from_regex(re.compile(info.pattern, re.ASCII), fullmatch=True).filter(lambda text: len(text) < SHORT)
