"""Samples of statistics (specs/analytics.md, clause 3.6): columns are entries of maps, by their full names."""

from collections.abc import Callable, Mapping

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Column, Datatype
from satark.analytics.query.expressions import Expression, View, text

_OWN = {"Source": text("source"), "name": text("name"), "proxy": text("proxy")}
_MAPS: Mapping[Datatype, str] = {Datatype.INT: "integers", Datatype.DOUBLE: "doubles", Datatype.STRING: "texts"}


def samples(stat: str, binder: Binder) -> View:
    """Return the view of one table's samples."""
    return View("statistics FINAL", (f"stat = {binder.text(stat)}",), sample_column(binder))


def sample_column(binder: Binder) -> Callable[[Column], Expression]:
    """Return how a column of a sample is read."""
    return lambda column: _OWN.get(column.name) or entry(column.name, column, binder)


def entry(key: str, column: Column, binder: Binder) -> Expression:
    """Return how the entry of a sample's maps is read.

    It is searched for once, among the keys alone: reading the entry and asking whether there is one would do it twice.
    A column whose values came with several types is looked for in all of their maps.
    """
    if column.several:
        return Expression(f"lists[{binder.text(key)}]", several=True)
    stored = [each for each in _MAPS if each in column.stored] or [_map_of(column.datatype)]
    found = [
        f"arrayElementOrNull(mapValues({_MAPS[each]}), indexOf(mapKeys({_MAPS[each]}), {binder.text(key)}))"
        for each in stored
    ]
    if len(found) == 1:
        return Expression(found[0], nullable=True, text=stored[0] is Datatype.STRING)
    convert = "toFloat64" if column.datatype is Datatype.DOUBLE else "toString"
    merged = ", ".join(f"{convert}({each})" for each in found)
    return Expression(f"coalesce({merged})", nullable=True, text=column.datatype is not Datatype.DOUBLE)


def _map_of(datatype: Datatype) -> Datatype:
    if datatype.integer:
        return Datatype.INT
    return datatype if datatype is Datatype.DOUBLE else Datatype.STRING
