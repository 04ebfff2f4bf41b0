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
    """Return how the entry of a sample's maps is read; a number that is not there is NULL, a text empty.

    A column whose values came with several types is looked for in all of their maps.
    """
    name = binder.text(key)
    if column.several:
        return Expression(f"lists[{name}]", several=True)
    stored = [each for each in _MAPS if each in column.stored] or [_map_of(column.datatype)]
    if stored == [Datatype.STRING]:
        return text(f"texts[{name}]")
    found = [_if_there(_MAPS[each], name) for each in stored]
    if len(found) == 1:
        return Expression(found[0], nullable=True, text=False)
    is_double = column.datatype is Datatype.DOUBLE
    merged = ", ".join(f"{'toFloat64' if is_double else 'toString'}({each})" for each in found)
    return Expression(f"coalesce({merged})", nullable=True, text=not is_double)


def _if_there(entries: str, name: str) -> str:
    return f"if(mapContains({entries}, {name}), {entries}[{name}], NULL)"


def _map_of(datatype: Datatype) -> Datatype:
    if datatype.integer:
        return Datatype.INT
    return datatype if datatype is Datatype.DOUBLE else Datatype.STRING
