"""Values as JSON, as the original renders them (analytics.md 1.6): flat for readers, structured as the XML was."""

import math
from typing import Any, TypeAlias

from satark.schemas.uves import Value
from satark.uve.attribute import Attribute
from satark.uve.computed import computed
from satark.uve.known import OMITTED, number_of

Json: TypeAlias = Any
"""What `json` can write: dicts, lists, texts, numbers, booleans and None."""

NUMBERS = frozenset(("i16", "i32", "i64", "byte", "u16", "u32", "u64"))
"""The integer types that are numbers when flat; the original does not know i8 and u8."""


def flat_attribute(attribute: Attribute) -> Json:
    """Return one value, or where sources differ a list of lists: a value and who says so."""
    value = computed(attribute) or attribute.agreed()
    if value is not None:
        return flat(value)
    return [[flat(said), *sources] for said, sources in attribute.groups()]


def structured_attribute(attribute: Attribute) -> Json:
    """Return a computed value as it is; others always as a list of lists, each a value and who says so."""
    value = computed(attribute)
    if value is not None:
        return structured(value, merged=True)
    return [[structured(said, at_top=True), *sources] for said, sources in attribute.groups()]


def flat(value: Value) -> Json:
    """Return a value without its types; what was left out for its size says so."""
    if OMITTED in value.annotations:
        return {OMITTED: number_of(value.annotations[OMITTED])}
    match value.type:
        case "struct":
            return {name: flat(each) for name, each in value.fields.items()}
        case "list" | "set":
            return [_flat_element(each) for each in value.items]
        case "map":
            return {key: each if isinstance(each, str) else flat(each) for key, each in value.entries}
        case _:
            return _flat_scalar(value.type, value.text)


def structured(value: Value, *, at_top: bool = False, merged: bool = False) -> Json:
    """Return a value with all that its XML had.

    `at_top` is a value of an attribute: only there a list of one element is a list. `merged` is one that aggregation
    made: its maps are made of lists too, even of none.
    """
    shown: dict[str, Json] = {"@type": value.type}
    shown |= {f"@{name}": text for name, text in value.annotations.items()}
    if OMITTED in value.annotations:
        return shown
    match value.type:
        case "struct":
            shown[value.struct] = _structured_fields(value)
        case "list" | "set":
            shown[value.type] = _structured_list(value, bare=not (at_top or merged))
        case "map":
            shown["map"] = _structured_map(value, merged=merged)
        case _ if value.text:
            shown["#text"] = value.text
    return shown


def _flat_element(element: str | Value) -> Json:
    if isinstance(element, str):
        return element or None
    return (flat(element) or None) if element.type == "struct" else flat(element)


def _flat_scalar(type_: str, text: str) -> Json:
    if not text:
        return None
    if type_ == "bool":
        return text == "true"
    if type_ in NUMBERS:
        number = number_of(text)
        return text if number is None else number
    if type_ in {"float", "double"}:
        return _real(text)
    return text


def _real(text: str) -> float | str:
    """JSON has neither infinity nor what is no number: they stay text."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _structured_fields(value: Value) -> Json:
    return {name: structured(each) for name, each in value.fields.items()} or None


def _structured_list(value: Value, *, bare: bool) -> Json:
    shown: dict[str, Json] = {"@type": value.element, "@size": str(len(value.items))}
    if value.items:
        shown[_element_name(value.items[0])] = _several([_structured_element(each) for each in value.items], bare=bare)
    return shown


def _structured_map(value: Value, *, merged: bool) -> Json:
    shown: dict[str, Json] = {"@key": value.key, "@value": value.element, "@size": str(len(value.entries))}
    keys = [key or None for key, _ in value.entries]
    elements = [_structured_element(each) for _, each in value.entries]
    name = _element_name(value.entries[0][1]) if value.entries else "element"
    if name == "element":
        if keys or merged:
            shown["element"] = [each for pair in zip(keys, elements, strict=True) for each in pair]
    else:
        shown["element"] = _several(keys, bare=not merged)
        shown[name] = _several(elements, bare=not merged)
    return shown


def _structured_element(element: str | Value) -> Json:
    if isinstance(element, str):
        return element or None
    if element.type == "struct":
        return _structured_fields(element)
    return structured(element)[element.type]


def _element_name(element: str | Value) -> str:
    if isinstance(element, str):
        return "element"
    return element.struct if element.type == "struct" else element.type


def _several(elements: list[Json], *, bare: bool) -> Json:
    """An artefact of XML as JSON: one element alone is not in a list."""
    return elements[0] if bare and len(elements) == 1 else elements
