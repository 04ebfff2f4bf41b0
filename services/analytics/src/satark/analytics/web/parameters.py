"""Parameters as their schemas have them: what the OpenAPI document promises is what is enforced.

Of JSON Schema this knows type (string, integer, number, boolean, array), enum, pattern, minLength, maxLength, minimum,
maximum, exclusiveMinimum, maxItems, items, default, and the format date-time. A value is text of a request; an array is its
parameter repeated. A boolean may be given without a value (`?flat`), and is true then.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any, TypeVar

from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Parameter, Schema

DEFAULT_MAX_LENGTH = 1024
"""Of a text whose schema sets no limit of its own."""

N = TypeVar("N", int, float)

BOOLEANS = {"": True, "true": True, "1": True, "false": False, "0": False}
INTEGER = re.compile(r"-?[0-9]{1,18}")


def read(
    declared: Iterable[Parameter], given: Sequence[tuple[str, str]], *, place: str, strict: bool
) -> dict[str, Any]:
    """Return the values of a request's parameters by name, defaults filled in; those not given and without one are None.

    `strict` refuses names that are not declared. Raises Problem (400) that names every mistake.
    """
    known = {parameter.name: parameter for parameter in declared if parameter.place == place}
    texts: dict[str, list[str]] = {}
    for name, text in given:
        texts.setdefault(name, []).append(text)
    mistakes = [f"{name[:64]!r} is no parameter here" for name in texts if strict and name not in known]
    values: dict[str, Any] = {}
    for name, parameter in known.items():
        try:
            values[name] = _value(parameter, texts.get(name, []))
        except ValueError as error:
            mistakes.append(f"{name}: {error}")
    if mistakes:
        raise Problem(400, "bad_parameter", "; ".join(mistakes[:16]))
    return values


def _value(parameter: Parameter, texts: Sequence[str]) -> Any:
    schema = parameter.schema
    if not texts:
        if parameter.required:
            raise ValueError("is missing")
        return schema.get("default")
    if schema.get("type") == "array":
        return _list(schema, texts)
    if len(texts) > 1:
        raise ValueError("is given more than once")
    return _scalar(schema, texts[0])


def _list(schema: Schema, texts: Sequence[str]) -> tuple[Any, ...]:
    most = schema.get("maxItems", 100)
    if len(texts) > most:
        raise ValueError(f"is given {len(texts)} times, {most} are the limit")
    return tuple(_scalar(schema.get("items", {}), text) for text in texts)


def _scalar(schema: Schema, text: str) -> Any:
    value = _READERS.get(schema.get("type", "string"), _text)(schema, text)
    if "enum" in schema and value not in schema["enum"]:
        raise ValueError(f"is none of {', '.join(str(one) for one in schema['enum'])}")
    return value


def _text(schema: Schema, text: str) -> str | datetime:
    most = schema.get("maxLength", DEFAULT_MAX_LENGTH)
    if not schema.get("minLength", 0) <= len(text) <= most:
        raise ValueError(f"must have between {schema.get('minLength', 0)} and {most} characters")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("holds characters that no text has")
    if "pattern" in schema and not re.search(schema["pattern"], text):
        raise ValueError(f"does not look like {schema['pattern']}")
    return moment(text) if schema.get("format") == "date-time" else text


def _integer(schema: Schema, text: str) -> int:
    if not INTEGER.fullmatch(text):
        raise ValueError("is no whole number")
    return _bounded(schema, int(text))


def _number(schema: Schema, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("is no number") from None
    if not isfinite(value):
        raise ValueError("is no finite number")
    return _bounded(schema, value)


def _boolean(_schema: Schema, text: str) -> bool:
    if text not in BOOLEANS:
        raise ValueError("is neither true nor false")
    return BOOLEANS[text]


def _bounded(schema: Schema, value: N) -> N:
    if value < schema.get("minimum", value) or value > schema.get("maximum", value):
        raise ValueError(f"must lie between {schema.get('minimum', '-∞')} and {schema.get('maximum', '∞')}")
    if value <= schema.get("exclusiveMinimum", value - 1):
        raise ValueError(f"must be more than {schema['exclusiveMinimum']}")
    return value


def moment(text: str) -> datetime:
    """Return the UTC time of an RFC 3339 text. Raises ValueError for anything else, also for one without its offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is no time like 2026-11-21T18:00:00Z") from None
    if found.tzinfo is None or len(text) < len("2026-11-21T18:00Z"):
        raise ValueError("is no time with its offset, like 2026-11-21T18:00:00Z")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("is a time before or after all times") from None


_READERS: Mapping[str, Callable[[Schema, str], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
