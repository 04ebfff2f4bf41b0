"""Which environment variables a group of settings has. Pure: made from the group's Struct alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from satark.runtime import hints

PREFIX = "SATARK_"


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable of a group."""

    group: str
    field: str
    env: str
    hint: Any
    default: Any
    required: bool
    secret: bool
    description: str
    aliases: tuple[str, ...]


def group_prefix(group: str) -> str:
    """Return what the names of a group's variables begin with."""
    return f"{PREFIX}{group.upper().replace('-', '_')}_"


def variables(group: str, settings: type[Struct]) -> tuple[Variable, ...]:
    """Return the variables of a group: its own fields before those it inherits."""
    own = get_annotations(settings)
    documented = get_type_hints(settings, include_extras=True)
    aliases: Mapping[str, str] = getattr(settings, "aliases", {})
    return tuple(
        Variable(
            group=group,
            field=field.name,
            env=f"{group_prefix(group)}{field.name.upper()}",
            hint=documented[field.name],
            default=None if field.required else _default(field),
            required=field.required,
            secret=hints.is_secret(documented[field.name]),
            description=hints.description(documented[field.name]),
            aliases=tuple(alias for alias, name in aliases.items() if name == field.name),
        )
        for field in sorted(msgspec.structs.fields(settings), key=lambda field: field.name not in own)
    )


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
