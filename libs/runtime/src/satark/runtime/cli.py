"""The `satark` command: one door to every service and tool."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import EntryPoint

from satark.runtime.command import installed, load, product_version

EX_USAGE = 2
"""What argparse itself exits with."""

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `satark` with the given arguments (default: the process's); return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    entries = installed()
    try:
        if arguments and arguments[0] in entries:
            return _run(entries[arguments[0]], arguments[1:])
        return _overview(entries, arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough. The interpreter's last flush must not complain about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(entry: EntryPoint, arguments: Sequence[str]) -> int:
    command = load(entry)
    parser = argparse.ArgumentParser(prog=f"satark {entry.name}", description=command.help)
    command.configure(parser)
    status = command.run(parser.parse_args(arguments))
    sys.stdout.flush()
    return status


def _overview(entries: Mapping[str, EntryPoint], arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="satark",
        description="Satark: network analytics on a stream.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="satark [--version] COMMAND …",
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="store_true", help="show this help message and exit")
    parser.add_argument("--version", action="version", version=f"satark {product_version()}")
    _, rest = parser.parse_known_args(arguments)
    if rest:
        parser.error(_unknown(rest[0], entries))
    parser.epilog = "\n".join(
        ["commands:", *(_row(e) for e in entries.values()), "", "satark COMMAND --help tells more."]
    )
    parser.print_help()
    return 0


def _unknown(word: str, entries: Mapping[str, EntryPoint]) -> str:
    close = get_close_matches(word, entries, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(entries)}"
    return f"{word} is no command: {hint}"


def _row(entry: EntryPoint) -> str:
    try:
        text = load(entry).help
    except ImportError as error:
        # One distribution without its libraries must not take the help of all others away.
        text = f"cannot be loaded: {error}"
    return f"  {entry.name:<14} {text}"


if __name__ == "__main__":
    sys.exit(main())
