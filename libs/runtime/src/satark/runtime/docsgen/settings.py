"""The reference of settings, and `.env.example`."""

from collections.abc import Iterable, Mapping
from enum import Enum
from inspect import cleandoc
from pathlib import Path
from typing import Any

from msgspec import Struct, inspect

from satark.runtime.docsgen.markdown import code, codes, page, plain, table
from satark.runtime.groups import SHARED_GROUPS
from satark.runtime.service import ServiceCommand
from satark.runtime.settings import PREFIX, Secret, Variable, variables

_DATA_FLOW = ("poller", "detector", "notifier")
_BOUNDS = (("gt", ">"), ("ge", "≥"), ("lt", "<"), ("le", "≤"))
_ENV_HEAD = """\
# Every setting of Satark with its default. Copy this file to .env and remove the # of what you change.
# Generated from the code by `satark docs`. A secret may be read from a file instead: use the name that ends in _FILE.
# Docker Compose reads .env too: COMPOSE_PROFILES=live (your orchestrator), demo (a simulated one), ui (a view of Kafka).
"""


def groups_of(commands: Mapping[str, Any]) -> dict[str, type[Struct]]:
    """Return the groups of settings: what every process shares, the services in the order data flows, the rest.

    A command that is no service names the groups that it reads in `groups`.
    """
    own = {command.name: command.settings for command in commands.values() if isinstance(command, ServiceCommand)}
    for command in commands.values():
        own |= {name: group for name, group in getattr(command, "groups", {}).items() if name not in SHARED_GROUPS}
    flowing = {name: own[name] for name in _DATA_FLOW if name in own}
    return {**SHARED_GROUPS, **flowing, **own}


def settings_page(groups: Mapping[str, type[Struct]]) -> str:
    """Return the page of all settings."""
    return page(
        "Settings",
        "All settings are environment variables. A service checks all of them before it starts, names every mistake "
        "at once and exits with status 78. An empty value counts as not given; an unknown name is a mistake. "
        f"Lists are comma separated. A secret can be read from a file instead: `{PREFIX}…_FILE` holds the path. "
        "Other accepted names are looked at only where the setting's own name is not given.",
        *(block for group, settings in groups.items() for block in _group(group, settings)),
    )


def env_example(groups: Mapping[str, type[Struct]]) -> str:
    """Return the text of `.env.example`: every setting, commented out, with its default."""
    blocks = [_ENV_HEAD]
    for group, settings in groups.items():
        blocks.append(f"# ---- {_prefix(group)}*: {_summary(settings)}\n")
        blocks += [_env_lines(variable) for variable in variables(group, settings)]
    return "\n".join(blocks)


def type_text(hint: Any) -> str:
    """Return what a person may write for a setting of this type. Raises TypeError for types that no setting has."""
    return _type_text(inspect.type_info(hint))


def default_text(value: Any) -> str:
    """Return a default the way it is written in the environment."""
    match value:
        case None:
            text = ""
        case bool():
            text = str(value).lower()
        case Enum():
            text = str(value.value)
        case float() if value.is_integer():
            text = str(int(value))
        case tuple() | list():
            text = ",".join(default_text(item) for item in value)
        case dict():
            text = ",".join(f"{name}={default_text(item)}" for name, item in value.items())
        case _:
            text = str(value)
    return text


def _group(group: str, settings: type[Struct]) -> tuple[str, ...]:
    rows = [
        (
            code(variable.env),
            type_text(variable.hint),
            "**required**" if variable.required else code(default_text(variable.default)),
            plain(variable.description) + (f" Also: {codes(variable.aliases)}." if variable.aliases else ""),
        )
        for variable in variables(group, settings)
    ]
    return f"## {_prefix(group)}*", _summary(settings), table(("setting", "type", "default", "meaning"), rows)


def _env_lines(variable: Variable) -> str:
    required = " Required." if variable.required else ""
    also = f" Also: {', '.join(variable.aliases)}." if variable.aliases else ""
    lines = [f"# {variable.description}{required}{also}", f"#{variable.env}={default_text(variable.default)}"]
    if variable.secret:
        lines.append(f"#{variable.env}_FILE=")
    return "\n".join(lines) + "\n"


def _prefix(group: str) -> str:
    return f"{PREFIX}{group.upper().replace('-', '_')}_"


def _summary(settings: type[Struct]) -> str:
    return cleandoc(settings.__doc__ or "").partition("\n")[0]


def _type_text(info: inspect.Type) -> str:
    match info:
        case inspect.Metadata():
            text = _type_text(info.type)
        case inspect.UnionType():
            text = " or ".join(_type_text(one) for one in info.types if not isinstance(one, inspect.NoneType))
        case inspect.LiteralType():
            text = "one of " + codes(str(value) for value in info.values)
        case inspect.EnumType():
            text = "one of " + codes(str(member.value) for member in info.cls)
        case inspect.VarTupleType() | inspect.ListType():
            text = f"list of {_type_text(info.item_type)}"
        case inspect.DictType():
            text = f"list of name={_type_text(info.value_type)}"
        case _:
            text = _scalar_text(info)
    return text


def _scalar_text(info: inspect.Type) -> str:
    match info:
        case inspect.CustomType():
            text = {Secret: "secret", Path: "path"}[info.cls]
        case inspect.StrType():
            text = "text" + (f" like {code(info.pattern)}" if info.pattern else "")
        case inspect.IntType() | inspect.FloatType():
            text = ", ".join(["integer" if isinstance(info, inspect.IntType) else "number", *_bounds(info)])
        case inspect.BoolType():
            text = "true or false"
        case inspect.DateTimeType():
            text = "RFC 3339 time"
        case _:
            raise TypeError(f"there is no text yet for settings of {info}")
    return text


def _bounds(info: inspect.IntType | inspect.FloatType) -> Iterable[str]:
    for attribute, sign in _BOUNDS:
        bound = getattr(info, attribute)
        if bound is not None:
            yield f"{sign} {default_text(bound)}"
