"""One value of many (analytics.md 1.7 and 1.8): sums, unions and appended lists. Values come in the order of sources."""

import json
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from satark.schemas.uves import Value
from satark.uve.known import Identity, element_identity, integer

LISTKEY = "listkey"


def sum_of_structs(structs: Iterable[Value]) -> dict[str, Value]:
    """Return, for each member of an integer type, the sum over the structs that have it; other members are left out."""
    sums: dict[str, int] = {}
    types: dict[str, str] = {}
    for each in structs:
        for name, member in each.fields.items():
            number = integer(member)
            if number is not None:
                sums[name] = sums.get(name, 0) + number
                types.setdefault(name, member.type)
    return {name: Value(type=types[name], text=str(number)) for name, number in sums.items()}


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
    alike: dict[str | int, list[str | Value]] = {}
    for at, element in enumerate(elements):
        keyed = isinstance(element, Value) and element.fields.get(key)
        alike.setdefault(keyed.text if keyed else at, []).append(element)
    return tuple(_merged(each, key) for each in alike.values())


def _list_key(elements: Iterable[str | Value]) -> str:
    for element in elements:
        if isinstance(element, Value):
            for name, member in element.fields.items():
                if member.annotations.get("aggtype") == LISTKEY:
                    return name
    return ""


def _merged(entries: Sequence[str | Value], key: str) -> str | Value:
    """One struct of several; a member that the first lacks counts as nought there."""
    first = entries[0]
    if len(entries) == 1 or isinstance(first, str):
        return first
    fields: dict[str, Value] = {}
    sums: dict[str, int] = {}
    for name, member in _members(entries):
        number = None if name == key else integer(member)
        if name not in fields:
            fields[name] = member
            if number is not None:
                sums[name] = number
        elif number is not None and name in sums:
            sums[name] += number
    summed = {name: replace(fields[name], text=str(number)) for name, number in sums.items()}
    return replace(first, fields={**fields, **summed})


def _members(entries: Iterable[str | Value]) -> Iterator[tuple[str, Value]]:
    for entry in entries:
        if isinstance(entry, Value):
            yield from entry.fields.items()
