"""What is installed: the commands, and the metrics of the distributions that bring them."""

import importlib
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType

from satark.runtime.command import Command, installed, load


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The commands by name, the `metrics` modules by package, and the commands that cannot be imported, with why."""

    commands: dict[str, Command]
    metrics: dict[str, ModuleType]
    missing: dict[str, str]


def catalogue() -> Catalogue:
    """Import every installed command, and the `metrics` module next to it where there is one."""
    commands: dict[str, Command] = {}
    modules: dict[str, ModuleType] = {}
    missing: dict[str, str] = {}
    for name, entry in installed().items():
        try:
            commands[name] = load(entry)
        except ModuleNotFoundError as error:
            missing[name] = str(error)
            continue
        package = ".".join(entry.module.split(".")[:2])
        if find_spec(f"{package}.metrics") is not None:
            modules[package] = importlib.import_module(f"{package}.metrics")
    return Catalogue(commands, dict(sorted(modules.items())), missing)
