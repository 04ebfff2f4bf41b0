from typing import Any

import pytest

from satark.schemas.codec import EVENT_TYPES
from satark.schemas.compatibility import Change, incompatibilities
from satark.schemas.export import json_schema

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "number"}
INTEGER: Json = {"type": "integer"}
OPTIONAL: Json = {"anyOf": [TEXT, {"type": "null"}], "default": None}


def record(*required: str, **properties: Any) -> Json:
    """Return the schema of an object."""
    return {"type": "object", "properties": properties, "required": list(required)}


FINE: dict[str, tuple[Json, Json]] = {
    "nothing changed": (record("a", a=TEXT), record("a", a=TEXT)),
    "optional property added": (record("a", a=TEXT), record("a", a=TEXT, b=OPTIONAL)),
    "no longer required": (record("a", a=TEXT), record(a=TEXT)),
    "integer becomes number": (INTEGER, NUMBER),
    "any type": (TEXT, {}),
    "value added": ({"enum": ["a"]}, {"enum": ["a", "b"]}),
    "any text": ({"enum": ["a"]}, TEXT),
    "constant becomes a choice": ({"const": "a"}, {"enum": ["a", "b"]}),
    "null allowed": (TEXT, {"anyOf": [TEXT, {"type": "null"}]}),
    "alternative added": (OPTIONAL, {"anyOf": [*OPTIONAL["anyOf"], NUMBER], "default": None}),
    "minimum fell": (INTEGER | {"minimum": 5}, INTEGER | {"minimum": 4}),
    "bound itself included": (INTEGER | {"exclusiveMinimum": 0}, INTEGER | {"minimum": 0}),
    "maximum rose": (INTEGER | {"maximum": 5}, INTEGER | {"maximum": 6}),
    "maximum gone": (INTEGER | {"exclusiveMaximum": 5}, INTEGER),
    "longer": (TEXT | {"maxLength": 5}, TEXT | {"maxLength": 6}),
    "shorter": (TEXT | {"minLength": 5}, TEXT),
    "pattern gone": (TEXT | {"pattern": "^a$"}, TEXT),
    "format gone": (TEXT | {"format": "date-time"}, TEXT),
    "described": (TEXT, TEXT | {"description": "A text.", "title": "T"}),
    "default added": (record(a=TEXT), record(a=TEXT | {"default": "x"})),
    "any items": ({"type": "array", "items": TEXT}, {"type": "array"}),
    "any values": ({"type": "object", "additionalProperties": False}, {"type": "object", "additionalProperties": True}),
    "unknown keyword as it was": (NUMBER | {"multipleOf": 5}, NUMBER | {"multipleOf": 5}),
    "definition renamed": (
        {"$ref": "#/$defs/Old", "$defs": {"Old": TEXT}},
        {"$ref": "#/$defs/New", "$defs": {"New": TEXT}},
    ),
}

BROKEN: dict[str, tuple[Json, Json, str]] = {
    "removed": (record(a=TEXT, b=TEXT), record(a=TEXT), "$.b: the property was removed"),
    "newly required": (record(a=TEXT), record("a", a=TEXT), "$.a: the property became required"),
    "added and required": (record(), record("a", a=TEXT), "$.a: the property became required"),
    "type": (record(a=TEXT), record(a=NUMBER), "$.a: the type changed from string to number"),
    "number becomes integer": (NUMBER, INTEGER, "$: the type changed from number to integer"),
    "type given": ({}, TEXT, "$: the type changed from anything to string"),
    "choice of texts becomes a number": ({"enum": ["a", 1]}, NUMBER, "$: the type changed from string to number"),
    "value gone": ({"enum": ["a", "b"]}, {"enum": ["a"]}, '$: the values ["b"] are allowed no more'),
    "tag changed": (
        record("event", event={"enum": ["opened"]}),
        record("event", event={"enum": ["began"]}),
        '$.event: the values ["opened"] are allowed no more',
    ),
    "constant changed": ({"const": 1}, {"const": 2}, "$: the values [1] are allowed no more"),
    "text becomes a choice": (TEXT, {"enum": ["a"]}, '$: any value was allowed, now only ["a"]'),
    "null refused": (OPTIONAL, TEXT | {"default": None}, "$: the type changed from null to string"),
    "alternative gone": (
        {"anyOf": [TEXT, NUMBER, {"type": "null"}]},
        {"anyOf": [TEXT, {"type": "null"}]},
        '$: {"type": "number"} is none of the alternatives any more',
    ),
    "minimum rose": (INTEGER | {"minimum": 4}, INTEGER | {"minimum": 5}, "$: the lower bound rose to 5"),
    "minimum added": (INTEGER, INTEGER | {"minimum": 0}, "$: the lower bound rose to 0"),
    "bound itself excluded": (
        INTEGER | {"minimum": 0},
        INTEGER | {"exclusiveMinimum": 0},
        "$: the lower bound rose to 0",
    ),
    "maximum fell": (INTEGER | {"maximum": 5}, INTEGER | {"exclusiveMaximum": 5}, "$: the upper bound fell to 5"),
    "shorter": (TEXT | {"maxLength": 5}, TEXT | {"maxLength": 4}, "$: maxLength fell to 4"),
    "limited": (TEXT, TEXT | {"maxLength": 4}, "$: maxLength fell to 4"),
    "more items needed": ({"type": "array"}, {"type": "array", "minItems": 1}, "$: minItems rose to 1"),
    "pattern changed": (TEXT | {"pattern": "^a$"}, TEXT | {"pattern": "^b$"}, "$: pattern became ^b$"),
    "format added": (TEXT, TEXT | {"format": "date-time"}, "$: format became date-time"),
    "default changed": (
        record(a=TEXT | {"default": "x"}),
        record(a=TEXT | {"default": "y"}),
        '$.a: the default changed from "x"',
    ),
    "items": (
        record(a={"type": "array", "items": record(b=TEXT)}),
        record(a={"type": "array", "items": record()}),
        "$.a[*].b: the property was removed",
    ),
    "values": (
        {"type": "object", "additionalProperties": NUMBER},
        {"type": "object", "additionalProperties": TEXT},
        "$.*: the type changed from number to string",
    ),
    "names": (
        {"type": "object", "propertyNames": {"maxLength": 9}},
        {"type": "object", "propertyNames": {"maxLength": 8}},
        "$~: maxLength fell to 8",
    ),
    "closed": (
        {"type": "object"},
        {"type": "object", "additionalProperties": False},
        "$.*: nothing is allowed any more",
    ),
    "unknown keyword": (NUMBER, NUMBER | {"multipleOf": 5}, "$: the keyword multipleOf changed"),
    "within a definition": (
        {"$ref": "#/$defs/A", "$defs": {"A": record(b={"$ref": "#/$defs/B"}), "B": record(c=TEXT)}},
        {"$ref": "#/$defs/A", "$defs": {"A": record(b={"$ref": "#/$defs/B"}), "B": record(c=NUMBER)}},
        "$.b.c: the type changed from string to number",
    ),
}


@pytest.mark.parametrize(("old", "new"), FINE.values(), ids=FINE)
def test_allows_what_old_data_can_stand(old: Json, new: Json) -> None:
    """A new reader reads all old data."""
    assert () == incompatibilities(old, new)


@pytest.mark.parametrize(("old", "new", "expected"), BROKEN.values(), ids=BROKEN)
def test_names_what_old_data_cannot_stand(old: Json, new: Json, expected: str) -> None:
    """Each change is told with its place, and nothing else is."""
    assert [expected] == [str(change) for change in incompatibilities(old, new)]


def test_ends_for_a_class_that_holds_itself() -> None:
    """A tree of any depth is compared once."""
    node = record(children={"type": "array", "items": {"$ref": "#/$defs/Node"}}, name=TEXT)
    other = record(children={"type": "array", "items": {"$ref": "#/$defs/Node"}}, name=NUMBER)

    found = incompatibilities(
        {"$ref": "#/$defs/Node", "$defs": {"Node": node}}, {"$ref": "#/$defs/Node", "$defs": {"Node": other}}
    )

    assert (Change("$.name", "the type changed from string to number"),) == found


def test_tells_all_changes() -> None:
    """One look is enough to see what a change breaks."""
    found = incompatibilities(record(a=TEXT, b=TEXT), record("c", a=NUMBER, c=TEXT))

    assert ["$.a", "$.b", "$.c"] == [change.path for change in found]


@pytest.mark.parametrize("event", EVENT_TYPES)
def test_finds_each_event_compatible_with_itself(event: type) -> None:
    """The checker understands every keyword that our classes give."""
    assert () == incompatibilities(json_schema(event), json_schema(event))


@pytest.mark.parametrize("event", EVENT_TYPES)
def test_notices_the_loss_of_any_property_of_any_event(event: type) -> None:
    """No property of the contract can go unnoticed, at any depth."""
    released = json_schema(event)
    for name, definition in {"": released, **released.get("$defs", {})}.items():
        for lost in definition.get("properties", {}):
            cut = definition | {"properties": {k: v for k, v in definition["properties"].items() if k != lost}}
            today = cut if not name else released | {"$defs": released["$defs"] | {name: cut}}

            assert any(change.path.endswith(f".{lost}") for change in incompatibilities(released, today))
