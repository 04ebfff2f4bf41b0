"""Types, names and links of objects (analytics.md 2.3). Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from satark.analytics.mirror.mirror import Mirror
from satark.analytics.mirror.tables import Held, Table
from satark.analytics.uves.alarms import DETECTOR
from satark.analytics.uves.reading import FILTERS, Reading
from satark.uve.filters import ALARMS, Filters
from satark.uve.tables import BY_RAW, TABLES, api_type

UVES = "/analytics/uves"
Link = dict[str, str]


def types(mirror: Mirror, base: str) -> list[Link]:
    """Return links to the lists of names: of all known types, and of tables without one in which there are objects."""
    unknown = [raw for raw in mirror.tables() if raw not in BY_RAW]
    plural = sorted(f"{name}s" for name in (*(table.api_type for table in TABLES), *unknown))
    return [{"name": name, "href": f"{base}{UVES}/{quote(name, safe=':')}"} for name in plural]


def globality(mirror: Mirror) -> dict[str, Any]:
    """Return all types, and whether only administrators own their objects; a table that is not known is nobody's own."""
    known = {table.api_type: table.is_global for table in TABLES}
    unknown = {raw: False for raw in mirror.tables() if raw not in BY_RAW}
    return {name: {"global_system_object": is_global} for name, is_global in sorted((known | unknown).items())}


def names(table: Table, reading: Reading) -> Iterator[str]:
    """Yield the names of a table's objects of which anything is wanted, in order."""
    for name in chosen(table, reading.filters):
        held = table.objects.get(name)
        if held is not None and held.exists and (not reading.is_filtered or _is_wanted(held, reading.filters)):
            yield name


def links(raw: str, names_: Sequence[str], base: str, parameters: Mapping[str, str]) -> list[Link]:
    """Return links to objects, with the request's filters in them."""
    kept = [(name, parameters[name]) for name in FILTERS if name in parameters and name != "kfilt"]
    query = urlencode(kept, safe=":,*") if kept else "flat"
    prefix = f"{base}{UVES}/{quote(api_type(raw), safe=':')}/"
    return [{"name": name, "href": f"{prefix}{quote(name, safe='/:')}?{query}"} for name in names_]


def chosen(table: Table, filters: Filters) -> Sequence[str]:
    """Return the names that match the patterns; the table's own, unchanging list where all do."""
    all_ = table.names()
    if filters.names is None or "*" in filters.names:
        return all_
    if not any("*" in pattern for pattern in filters.names):
        wanted = sorted(set(filters.names))
        return [name for name in wanted if name in table.objects]
    return [name for name in all_ if filters.wants_name(name)]


def _is_wanted(held: Held, filters: Filters) -> bool:
    """Whether a generator is wanted that tells a struct that is; attributes are not looked at, as in the original."""
    told = any(filters.wants_struct(struct) and filters.wants_source(generator) for struct, generator in held.shares)
    return told or (_has_alarms(held) and filters.wants_struct(ALARMS[0]) and filters.wants_source(DETECTOR))


def _has_alarms(held: Held) -> bool:
    return held.state is not None and b'"alarms":[' in held.state
