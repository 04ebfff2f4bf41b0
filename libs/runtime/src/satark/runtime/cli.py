"""The `satark` command: one door to every service and tool."""

import argparse
import sys
from collections.abc import Sequence

from satark.runtime.command import installed, load, product_version


def main(argv: Sequence[str] | None = None) -> int:
    """Run `satark` with the given arguments (default: the process's); return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    entries = installed()
    if arguments and arguments[0] in entries:
        name = arguments[0]
        command = load(entries[name])
        parser = argparse.ArgumentParser(prog=f"satark {name}", description=command.help)
        command.configure(parser)
        try:
            return command.run(parser.parse_args(arguments[1:]))
        except BrokenPipeError:
            return 0
    parser = _overview()
    parser.parse_args(arguments)
    parser.print_help()
    return 2 if arguments else 0


def _overview() -> argparse.ArgumentParser:
    rows = [f"  {name:<14} {load(entry).help}" for name, entry in installed().items()]
    parser = argparse.ArgumentParser(
        prog="satark",
        description="Satark: network analytics on a stream.",
        epilog="commands:\n" + "\n".join(rows) + "\n\nsatark COMMAND --help tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="satark [--version] COMMAND …",
    )
    parser.add_argument("--version", action="version", version=f"satark {product_version()}")
    parser.add_argument("command", nargs="?", choices=list(installed()), metavar="COMMAND", help="what to do")
    return parser


if __name__ == "__main__":
    sys.exit(main())
