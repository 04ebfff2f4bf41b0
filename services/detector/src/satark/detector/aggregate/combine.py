"""One value of many (analytics.md 1.7 and 1.8): sums, unions and appended lists. Values come in the order of sources."""

import json
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from satark.detector.aggregate.known import Identity, element_identity, integer
from satark.schemas.uves import Value

LISTKEY = "listkey"


def sum_of_structs(structs: Sequence[Value]) -> dict[str, Value]:
    """Return, for each member of an integer type, the sum over the structs that have it; other members are left out."""
    summed: dict[str, Value] = {}
    for each in structs:
        for name, member in each.fields.items():
            number = integer(member)
            if number is not None:
                summed[name] = (
                    _plus(summed[name], number) if name in summed else Value(type=member.type, text=str(number))
                )
    return summed


def union_of_lists(lists: Iterable[Value]) -> tuple[str | Value, ...]:
    """Return the elements of all lists, equal ones once."""
    seen: dict[Identity | str, str | Value] = {}
    for each in lists:
        for element in each.items:
            seen.setdefault(element_identity(element), element)
    return tuple(seen.values())


def union_of_maps(maps: Iterable[tuple[str, Value]]) -> tuple[tuple[str, str | Value], ...]:
    """Return all entries of maps by source; each key says its source, so none meets another."""
    return tuple((f"{source}:{json.dumps(key)}", element) for source, each in maps for key, element in each.entries)


def appended(lists: Iterable[Value]) -> tuple[str | Value, ...]:
    """Return the elements of all lists; structs of one list key are one, their other integers added up.

    Members that are no integers are those of the first. What has no list key is only put behind the rest.
    """
    elements = [element for each in lists for element in each.items]
    key = _list_key(elements)
    if not key:
        return tuple(elements)
    merged: dict[str | int, str | Value] = {}
    for at, element in enumerate(elements):
        if isinstance(element, str) or key not in element.fields:
            merged[at] = element
            continue
        name = element.fields[key].text
        first = merged.get(name)
        merged[name] = _added(first, element, key) if isinstance(first, Value) else element
    return tuple(merged.values())


def _list_key(elements: Iterable[str | Value]) -> str:
    for element in elements:
        if isinstance(element, Value):
            for name, member in element.fields.items():
                if member.annotations.get("aggtype") == LISTKEY:
                    return name
    return ""


def _added(first: Value, later: Value, key: str) -> Value:
    fields: dict[str, Value] = dict(first.fields)
    for name, member in later.fields.items():
        if name == key:
            continue
        if name not in fields:
            fields[name] = member
        elif (number := integer(member)) is not None and integer(fields[name]) is not None:
            fields[name] = _plus(fields[name], number)
    return replace(first, fields=fields)


def _plus(value: Value, number: int) -> Value:
    return replace(value, text=str((integer(value) or 0) + number))
