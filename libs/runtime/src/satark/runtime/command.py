"""What a sub-command of `satark` is. Commands are found by entry points of the group `satark.commands`."""

import argparse
from importlib.metadata import EntryPoint, entry_points, version
from typing import Protocol, cast

GROUP = "satark.commands"


class Command(Protocol):
    """One sub-command."""

    help: str

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own arguments."""
        ...

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit status."""
        ...


def installed() -> dict[str, EntryPoint]:
    """Return the installed commands by name, unloaded: a service's imports cost only whoever runs it."""
    return {entry.name: entry for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def load(entry: EntryPoint) -> Command:
    """Return the command of an entry point."""
    return cast(Command, entry.load())


def product_version() -> str:
    """Return the version of the installed runtime, which is the product's."""
    return version("satark-runtime")
