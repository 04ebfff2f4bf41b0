"""`satark simulate`: what stands in for the world outside, by one name each.

`satark simulate vco` is `satark simulate-vco`, `satark simulate mail` is `satark catch-mail`: the same services with
the same settings. `satark simulate generators` has arguments of its own.
"""

import argparse
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from satark.runtime.command import Command

MODULES: Mapping[str, str] = {
    "vco": "satark.simulators.vco.command",
    "mail": "satark.simulators.mail.command",
    "generators": "satark.simulators.generators.command",
}


class SimulateCommand:
    """The command; what it can simulate is imported when its own arguments are asked for."""

    help = "simulate an SD-WAN orchestrator (vco), a mail server (mail) or Sandesh generators (generators)"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add a sub-command for each."""
        below = parser.add_subparsers(title="what to simulate", metavar="WHAT", required=True)
        for name, module in MODULES.items():
            one = cast(Command, import_module(module).command)
            own = below.add_parser(name, help=one.help, description=one.help)
            one.configure(own)
            own.set_defaults(simulate=one.run)

    def run(self, args: argparse.Namespace) -> int:
        """Run the one that was named."""
        simulate: Callable[[argparse.Namespace], int] = args.simulate
        return simulate(args)


command = SimulateCommand()
