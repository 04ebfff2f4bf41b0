"""What aggregation makes of the values of one attribute (analytics.md 1.7).

Where sources annotate differently, what any of them asks for is done. Where a value does not fit it (it is of another
type, or was left out for its size), nothing is computed, so that the grouping shows who is at odds.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from satark.schemas.uves import Value
from satark.uve import combine
from satark.uve.attribute import Attribute
from satark.uve.counters import Counter
from satark.uve.known import OMITTED, Form, aggtype_of


def computed(attribute: Attribute) -> Value | None:
    """Return the value that all sources make together; None when they are only grouped."""
    if attribute.counter is not None and not attribute.others:
        return _counted(attribute, attribute.counter)
    way = _WAYS.get(attribute.aggtype)
    return way(attribute) if way is not None else None


def _counted(attribute: Attribute, counter: Counter) -> Value:
    """Sources that do not say that theirs is a counter are counted as they are."""
    uncounted = 0
    if len(attribute.forms) > 1:
        uncounted = sum(said.number or 0 for name, said in attribute.sources.items() if name not in counter.counts)
    return _scalar(counter.form, counter.total + uncounted)


def _sum(attribute: Attribute) -> Value | None:
    if not attribute.others:
        return _scalar(_form(attribute), attribute.total)
    structs = _values(attribute, "struct")
    if not structs:
        return None
    return replace(_like(attribute), fields=combine.sum_of_structs(structs.values()))


def _union(attribute: Attribute) -> Value | None:
    if lists := _values(attribute, "list"):
        return replace(_like(attribute), items=combine.union_of_lists(lists.values()))
    if maps := _values(attribute, "map"):
        return replace(_like(attribute), key="string", entries=combine.union_of_maps(maps.items()))
    return None


def _append(attribute: Attribute) -> Value | None:
    lists = _values(attribute, "list")
    return replace(_like(attribute), items=combine.appended(lists.values())) if lists else None


_WAYS: Mapping[str, Callable[[Attribute], Value | None]] = MappingProxyType(
    {"sum": _sum, "union": _union, "append": _append}
)


def _values(attribute: Attribute, type_: str) -> dict[str, Value] | None:
    """All values in the order of their sources, or None if one is not of this type."""
    values = {source: attribute.sources[source].value for source in sorted(attribute.sources)}
    fit = all(value.type == type_ and OMITTED not in value.annotations for value in values.values())
    return values if fit else None


def _form(attribute: Attribute) -> Form:
    if len(attribute.forms) == 1:
        return next(iter(attribute.forms))
    return attribute.sources[_asking(attribute)].form


def _like(attribute: Attribute) -> Value:
    """A value with the names, type and annotations that the result has."""
    return attribute.sources[_asking(attribute)].value


def _asking(attribute: Attribute) -> str:
    """The first source that asks for the aggregation."""
    asked = attribute.aggtype
    return min(source for source, said in attribute.sources.items() if aggtype_of(said.form) == asked)


def _scalar(form: Form, number: int) -> Value:
    return Value(type=form[0], text=str(number), annotations=dict(form[1]))
