"""Types, names and links of objects (analytics.md 2.3). Pure."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from satark.analytics.mirror.mirror import Mirror
from satark.analytics.mirror.tables import Held, Table
from satark.analytics.uves.alarms import DETECTOR
from satark.analytics.uves.globs import Matcher, is_pattern, matcher
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


def candidates(table: Table, patterns: Sequence[str] | None) -> tuple[Sequence[str], Matcher]:
    """Return names to look at, and which of them are meant: exact names as they were asked for, else the table's own."""
    if patterns is None or is_pattern(patterns):
        return table.names(), matcher(patterns)
    return tuple(dict.fromkeys(patterns)), table.objects.__contains__


def is_wanted(table: Table, name: str, reading: Reading) -> bool:
    """Return whether anything of an object is wanted: by who tells which structs, as in the original, not by attributes."""
    held = table.objects.get(name)
    if held is None or not held.exists:
        return False
    return not reading.is_filtered or _is_told(held, reading.filters)


def links(raw: str, names_: Sequence[str], base: str, parameters: Mapping[str, str]) -> list[Link]:
    """Return links to objects, with the request's filters in them."""
    kept = [(name, parameters[name]) for name in FILTERS if name in parameters and name != "kfilt"]
    query = urlencode(kept, safe=":,*") if kept else "flat"
    prefix = f"{base}{UVES}/{quote(api_type(raw), safe=':')}/"
    return [{"name": name, "href": f"{prefix}{quote(name, safe='/:')}?{query}"} for name in names_]


def _is_told(held: Held, filters: Filters) -> bool:
    told = any(filters.wants_struct(struct) and filters.wants_source(generator) for struct, generator in held.shares)
    return told or (_has_alarms(held) and filters.wants_struct(ALARMS[0]) and filters.wants_source(DETECTOR))


def _has_alarms(held: Held) -> bool:
    return held.state is not None and b'"alarms":[' in held.state
