"""The contract as documents for people and tools outside: JSON Schema 2020-12 by event, and the source of AsyncAPI.

All functions are pure. Descriptions come from docstrings and field metadata, so that there is one text for each thing.
"""

import json
from collections.abc import Iterable
from inspect import cleandoc
from typing import Any

import msgspec

from satark.schemas.codec import EVENT_TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = "jsonschema"

Json = dict[str, Any]


def schema_id(ce_type: str) -> str:
    """Return the `$id` of an event's schema: a name, there is nothing to fetch."""
    return f"urn:satark:event:{ce_type}"


def components(events: Iterable[type], ref_template: str) -> dict[str, Json]:
    """Return the schemas of all classes that the events are made of, by class name, sorted. They hold JSON types only."""
    _, found = msgspec.json.schema_components(tuple(events), ref_template=ref_template)
    return {name: _clean(json.loads(json.dumps(found[name]))) for name in sorted(found)}


def json_schema(event: type) -> Json:
    """Return the JSON Schema of one event: its own object at the root, the nested ones in `$defs`."""
    ce_type = EVENT_TYPES[event]
    definitions = components([event], "#/$defs/{name}")
    own = definitions.pop(event.__name__)
    nested = {"$defs": definitions} if definitions else {}
    return {"$schema": DIALECT, "$id": schema_id(ce_type), **own, **nested}


def json_schemas() -> dict[str, str]:
    """Return the text of each event's JSON Schema by its path below `schemas/`."""
    return {f"{FOLDER}/{ce_type}.json": _text(json_schema(event)) for event, ce_type in EVENT_TYPES.items()}


def _text(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _clean(schema: Json) -> Json:
    """Return a schema whose description has no source indentation: Python 3.13 strips it, 3.11 does not."""
    description = schema.get("description")
    return schema if description is None else {**schema, "description": cleandoc(description)}
