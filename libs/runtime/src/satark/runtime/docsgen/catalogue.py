"""What is installed: the commands, and the metrics of the distributions that bring them."""

import importlib
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType

from satark.runtime.command import Command, installed, load


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The commands by name, and the `metrics` modules by package."""

    commands: dict[str, Command]
    metrics: dict[str, ModuleType]


def catalogue() -> Catalogue:
    """Import every installed command, and the `metrics` module next to it where there is one.

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
    return Catalogue(commands, dict(sorted(modules.items())))
