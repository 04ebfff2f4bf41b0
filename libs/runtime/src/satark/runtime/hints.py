"""What a setting's type hint says: sequence or mapping, secret or not, its description and its choices. Pure."""

from enum import Enum
from typing import Any, Literal, get_args, get_origin

import msgspec

from satark.runtime.secret import Secret


def is_sequence(hint: Any) -> bool:
    """Return whether the hint is of several values: a tuple or a list."""
    return any((get_origin(part) or part) in (tuple, list) for part in _parts(hint))


def is_mapping(hint: Any) -> bool:
    """Return whether the hint is of named values."""
    return any((get_origin(part) or part) is dict for part in _parts(hint))


def is_secret(hint: Any) -> bool:
    """Return whether a value of the hint holds something that must not be seen."""
    return allows(hint, Secret)


def allows(hint: Any, kind: type) -> bool:
    """Return whether the hint names the type, at any depth."""
    return kind in _parts(hint)


def choices(hint: Any) -> tuple[str, ...]:
    """Return the texts that a Literal or an Enum in the hint allows; none where there is no such list."""
    found: list[str] = []
    for part in _parts(hint):
        if get_origin(part) is Literal:
            found += [str(value) for value in get_args(part)]
        elif isinstance(part, type) and issubclass(part, Enum):
            found += [str(member.value) for member in part]
    return tuple(found)


def description(hint: Any) -> str:
    """Return the outermost description of an annotated hint."""
    for part in _parts(hint):
        for meta in getattr(part, "__metadata__", ()):
            if isinstance(meta, msgspec.Meta) and isinstance(meta.description, str):
                return meta.description
    return ""


def _parts(hint: Any) -> tuple[Any, ...]:
    """Return a hint and all hints inside it, outermost first. The values of a Literal are no hints."""
    inner = () if get_origin(hint) is Literal else getattr(hint, "__args__", ())
    return (hint, *(part for argument in inner for part in _parts(argument)))
