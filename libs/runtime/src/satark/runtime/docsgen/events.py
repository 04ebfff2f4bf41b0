"""The reference of events: headers, fields and an example of each, read from the JSON Schemas."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import msgspec

from satark.runtime.docsgen.markdown import code, codes, fenced, page, table
from satark.schemas.asyncapi import HEADER_DESCRIPTIONS, headers_of
from satark.schemas.codec import EVENT_TYPES
from satark.schemas.examples import examples
from satark.schemas.export import json_schema
from satark.schemas.topics import BY_EVENT

Json = dict[str, Any]

_BOUNDS = (("exclusiveMinimum", ">"), ("minimum", "≥"), ("exclusiveMaximum", "<"), ("maximum", "≤"))
_SIZES = (
    ("minLength", "length ≥"),
    ("maxLength", "length ≤"),
    ("minItems", "items ≥"),
    ("maxItems", "items ≤"),
    ("minProperties", "entries ≥"),
    ("maxProperties", "entries ≤"),
)


def events_page() -> str:
    """Return the page of all events."""
    return page(
        "Events",
        "Each event is a JSON value in CloudEvents 1.0 binary content mode: the attributes are record headers. Headers "
        "are optional for readers: the value alone says which event it is. A property that is not required is left "
        "out where it has its default. Readers skip properties that they do not know. Times are RFC 3339, UTC. "
        "The same in JSON Schema: [schemas/jsonschema](../../schemas/jsonschema).",
        *(block for event, ce_type in EVENT_TYPES.items() for block in _event(event, ce_type)),
    )


def fields(schema: Json) -> Iterator[tuple[str, str, bool, str]]:
    """Yield path, type, whether it is required, and description of each field, nested ones after their parent."""
    yield from _fields(schema, schema.get("$defs", {}), "")


def _event(event: type, ce_type: str) -> tuple[str, ...]:
    topic = BY_EVENT[event].name
    rows = [
        (code(path), kind, "yes" if required else "no", text)
        for path, kind, required, text in fields(json_schema(event))
    ]
    example = msgspec.json.format(msgspec.json.encode(examples()[event]), indent=2).decode()
    headers = [(code(name), HEADER_DESCRIPTIONS[name], code(text)) for name, text in headers_of(event).items()]
    return (
        f"## {ce_type}",
        cleandoc(event.__doc__ or ""),
        f"Topic: [{code(topic)}](topics.md#{topic.replace('.', '')})",
        table(("header", "meaning", "example"), headers),
        table(("field", "type", "required", "meaning"), rows),
        "Example:",
        fenced(example, "json"),
    )


def _fields(schema: Json, definitions: Json, prefix: str) -> Iterator[tuple[str, str, bool, str]]:
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        path = prefix + name
        target = _target(field, definitions)
        description = field.get("description") or target.get("description", "")
        yield path, _type(field, definitions), name in required, _description(description, field)
        step = "[]." if "items" in field else "."
        yield from _fields(target, definitions, path + step)


def _target(field: Json, definitions: Json) -> Json:
    """Return the schema that a field or its items refer to; the field itself where it refers to none."""
    reference = field.get("$ref") or field.get("items", {}).get("$ref")
    found: Json = definitions[reference.rpartition("/")[2]] if reference else field
    return found


def _description(text: str, field: Json) -> str:
    if not text and len(field.get("enum", [])) == 1:
        return "Always this word: it tells the events of a topic apart."
    default = field.get("default")
    return f"{text} Default: {code(str(default).lower())}.".lstrip() if isinstance(default, bool) else text


def _type(field: Json, definitions: Json) -> str:
    if "anyOf" in field:
        return " or ".join(_type(one, definitions) for one in field["anyOf"])
    if "$ref" in field:
        return _type(_target(field, definitions), definitions)
    if "enum" in field:
        return codes(str(value) for value in field["enum"])
    if "items" in field:
        return f"list of {_type(field['items'], definitions)}{_limits(field)}"
    if isinstance(field.get("additionalProperties"), dict):
        return f"{_type(field['additionalProperties'], definitions)} by name{_limits(field)}"
    return ("time" if field.get("format") == "date-time" else field["type"]) + _limits(field)


def _limits(field: Json) -> str:
    texts = [f"{sign} {field[keyword]}" for keyword, sign in (*_BOUNDS, *_SIZES) if keyword in field]
    patterns = (field.get("pattern"), field.get("propertyNames", {}).get("pattern"))
    texts += [f"like {code(pattern)}" for pattern in patterns if pattern]
    return f" ({', '.join(texts)})" if texts else ""
