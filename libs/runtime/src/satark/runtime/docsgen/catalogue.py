"""What is installed: the commands, the metrics of the distributions that bring them, and documents of their own."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from importlib.util import find_spec
from types import ModuleType
from typing import cast

from satark.runtime.command import Command, installed, load

DOCUMENTS = "satark.documents"
"""The group of entry points of documents: each is a function that returns texts by their paths in the repository."""

Documents = Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The commands by name, the `metrics` modules by package, and the documents that a distribution makes itself."""

    commands: dict[str, Command]
    metrics: dict[str, ModuleType]
    documents: dict[str, str] = field(default_factory=dict)


def catalogue() -> Catalogue:
    """Import every installed command, the `metrics` module next to it where there is one, and who makes documents.

    Raises ImportError that names the command: a reference without it would be wrong.
    """
    commands: dict[str, Command] = {}
    modules: dict[str, ModuleType] = {}
    for name, entry in installed().items():
        try:
            commands[name] = load(entry)
        except ImportError as error:
            raise ImportError(f"satark {name} cannot be imported: {error}") from error
        package = ".".join(entry.module.split(".")[:2])
        if find_spec(f"{package}.metrics") is not None:
            modules[package] = importlib.import_module(f"{package}.metrics")
    return Catalogue(commands, dict(sorted(modules.items())), documents())


def documents() -> dict[str, str]:
    """Return the documents that distributions make themselves, by their paths. Raises ImportError that names which."""
    found: dict[str, str] = {}
    for entry in sorted(entry_points(group=DOCUMENTS), key=lambda entry: entry.name):
        try:
            made = cast(Documents, entry.load())
        except ImportError as error:
            raise ImportError(f"the documents of {entry.name} cannot be imported: {error}") from error
        found.update(made())
    return found
