"""Requests by module, as the pages list them (clause 5.4). Pure."""

import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from satark.sandesh.types import Message

OWN = "satark.sandesh.generator.messages."
_OWN_NAMES: Mapping[str, str] = MappingProxyType(
    {"requests": "sandesh_uve", "sending": "sandesh_uve", "traces": "sandesh_trace", "alarms": "sandesh_alarm"}
)
"""The names under which the originals, and the tools made for them, know the library's own modules."""


@dataclass(frozen=True, slots=True)
class Module:
    """The requests of one definition file, and what its comment says of it."""

    name: str
    requests: tuple[type[Message], ...]
    doc: str = ""


def modules_of(requests: Iterable[type[Message]]) -> dict[str, Module]:
    """The modules by name: those of the program in alphabetical order, then the library's."""
    found: dict[str, list[type[Message]]] = {}
    for each in requests:
        found.setdefault(_name_of(each), []).append(each)
    names = sorted(found, key=lambda name: (_is_own(found[name][0]), name))
    return {name: Module(name, tuple(found[name]), _module_doc(found[name][0])) for name in names}


def doc_of(request: type[Message]) -> str:
    """What the definition says of a request; nothing where only a generated text is there."""
    doc = inspect.cleandoc(request.__doc__ or "")
    layout = request.__sandesh__
    return (
        "" if doc == f"Message {layout.name} ({layout.kind.value})." or doc.startswith(f"{request.__name__}(") else doc
    )


def _name_of(request: type[Message]) -> str:
    """The package of generated classes is named after the definition file."""
    parts = request.__module__.split(".")
    name = parts[-2] if len(parts) > 1 and parts[-1] == "definitions" else parts[-1]
    return _OWN_NAMES.get(name, name) if _is_own(request) else name


def _is_own(request: type[Message]) -> bool:
    return request.__module__.startswith(OWN)


def _module_doc(request: type[Message]) -> str:
    doc = inspect.cleandoc(getattr(sys.modules.get(request.__module__), "__doc__", None) or "")
    return "" if re.fullmatch(r"What \S+ defines\.", doc) else doc
