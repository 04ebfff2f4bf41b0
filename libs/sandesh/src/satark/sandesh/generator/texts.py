"""Messages as one line of text, for local logs and trace buffers (clauses 4.7, 5.3)."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from satark.sandesh.types import Message, Struct

MAX_CHARACTERS = 16_384


def one_line(message: Message, *, max_characters: int = MAX_CHARACTERS) -> str:
    """` name = value  name = value`, constant texts as they are; control characters escaped, cut when too long."""
    parts: list[str] = []
    for field in message.__sandesh__.fields:
        if field.constant is not None:
            parts.append(f" {field.constant} ")
            continue
        value = getattr(message, field.attribute)
        if value is not None:
            parts.append(f" {field.name} = {_text(value)} ")
    text = "".join(each if each.isprintable() else _escaped(each) for each in parts)
    return text if len(text) <= max_characters else f"{text[:max_characters]}..."


def _escaped(text: str) -> str:
    """Nobody may begin a line of the log who is not a program."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _text(value: Any) -> str:
    if isinstance(value, Struct):
        fields = ((each.name, getattr(value, each.attribute)) for each in value.__sandesh__.fields if not each.constant)
        return "[" + ", ".join(f"{name} = {_text(each)}" for name, each in fields if each is not None) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | set | tuple):
        return "[" + ", ".join(_text(each) for each in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.name if isinstance(value, IntEnum) else str(value)
