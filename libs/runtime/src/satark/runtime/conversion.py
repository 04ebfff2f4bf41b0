"""From the text of an environment variable to a typed value. Pure."""

import re
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from satark.runtime import hints
from satark.runtime.secret import Secret

_BOOLEANS = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "datetime": "a time",
}
_EXPECTED = re.compile(r"^Expected `(?P<kinds>[^`]+)`, got `\w+`")
_ITEM = re.compile(r" - at `\$\[(?P<index>\d+)\]`$")


def convert(hint: Any, text: str) -> Any:
    """Return the text as a value of the hint: lists are comma separated, mappings are `name=value,…`.

    Raises ValueError with what was expected; the text itself is not part of the message.
    """
    raw: Any = text
    if hints.is_mapping(hint):
        raw = dict(_pair(part) for part in _split(text))
    elif hints.is_sequence(hint):
        raw = _split(text)
    elif hints.allows(hint, bool):
        raw = _BOOLEANS.get(text.lower(), text.lower())
    return _typed(hint, raw, strict=False)


def convert_value(hint: Any, value: Any) -> Any:
    """Return a value of a document, which its format has typed (TOML, YAML), as a value of the hint.

    Raises ValueError with what was expected; the value itself is not part of the message.
    """
    return _typed(hint, value, strict=True)


def _typed(hint: Any, raw: Any, *, strict: bool) -> Any:
    try:
        value = msgspec.convert(raw, hint, strict=strict, dec_hook=_own)
    except msgspec.ValidationError as error:
        raise ValueError(_explained(str(error), hint)) from error
    if any(isinstance(part, float) and not isfinite(part) for part in _values(value)):
        raise ValueError("expected a finite number")
    return value


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _pair(part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals or not name.strip():
        raise ValueError("expected name=value, comma separated")
    return name.strip(), value.strip()


def _own(kind: type, value: Any) -> Any:
    if kind in {Secret, Path}:
        if not isinstance(value, str) or "\0" in value:
            raise ValueError("expected a text")
        return kind(value)
    raise NotImplementedError(f"a setting cannot be of type {kind}")  # the one error that msgspec lets through


def _values(value: Any) -> tuple[Any, ...]:
    if isinstance(value, dict):
        return tuple(value.values())
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _explained(message: str, hint: Any) -> str:
    """Return msgspec's message in the words of whoever writes an environment file."""
    item = _ITEM.search(message)
    place = f" (item {int(item['index']) + 1})" if item else ""
    plain = message[: item.start()] if item else message
    if plain.startswith("Invalid enum value"):
        return f"expected one of {', '.join(hints.choices(hint))}{place}"
    if found := _EXPECTED.match(plain):
        kinds = [kind for kind in re.split(r"\s*\|\s*", found["kinds"]) if kind != "null"]
        return f"expected {' or '.join(_WORDS.get(kind, kind) for kind in kinds)}{place}"
    return plain[:1].lower() + plain[1:] + place
