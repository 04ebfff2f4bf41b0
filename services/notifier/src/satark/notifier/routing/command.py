"""`satark notifier routes`: show the tree of routes, try it, check a file of them."""

import argparse
import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

if TYPE_CHECKING:
    from satark.notifier.routing.tree import RoutingTree

UNEXPECTED = 1
EPILOG = """\
The routes are those of the settings, or of --file. Labels are those of an incident, and its entity, kind, severity and
incident. Nobody is told anything.

examples:
  satark notifier routes
  satark notifier routes test severity=critical site=London
  satark notifier routes test severity=critical --file routes.yaml --expect oncall,boss
  satark notifier routes --check routes.yaml

Exit status: 0, 1 if others are told than expected, 2 for arguments that make no sense, 78 for a wrong file or settings."""

_LABEL = re.compile(r"([a-zA-Z_][a-zA-Z0-9_.]{0,127})=(.*)", re.DOTALL)


class RoutesCommand:
    """`satark notifier routes`. What it needs is imported when it runs, so that `satark --help` stays quick."""

    help = "show who is told of what, or try it with labels"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("action", nargs="?", choices=("test",), help="show who is told of an incident like this")
        parser.add_argument("labels", nargs="*", type=_label, metavar="LABEL=VALUE", help="what the incident is like")
        parser.add_argument(
            "--file", type=Path, metavar="FILE", help="a file of routes instead of that of the settings"
        )
        parser.add_argument("--check", type=Path, metavar="FILE", help="tell every mistake of a file of routes")
        parser.add_argument("--schema", action="store_true", help="print the JSON schema of files of routes")
        parser.add_argument(
            "--expect", type=_names, metavar="RECEIVER,…", help="with test: fail unless these receivers are told"
        )

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit status."""
        from satark.runtime.documents.mistakes import WrongFileError  # noqa: PLC0415 - see the class

        try:
            if args.schema:
                return _schema()
            if args.check:
                return _check(args.check)
            routing = _routing(args.file)
        except SettingsError as error:
            for mistake in error.mistakes:
                _say(f"satark notifier routes: {mistake}")
            return EX_CONFIG
        except WrongFileError as error:
            _say(error.shown())
            return EX_CONFIG
        return _test(routing, dict(args.labels), args.expect) if args.action else _show(routing)


def _label(text: str) -> tuple[str, str]:
    match = _LABEL.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected LABEL=VALUE, not {text}")
    return match[1], match[2]


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _routing(path: Path | None) -> "RoutingTree":
    """Return the routing of a file, else of the settings. Raises WrongFileError or SettingsError."""
    from satark.notifier.routing.file import read_file  # noqa: PLC0415 - see the class
    from satark.notifier.routing.plain import routing_of  # noqa: PLC0415 - as above
    from satark.notifier.settings import NotifierSettings  # noqa: PLC0415 - as above

    if path is not None:
        return read_file(path)
    settings = load("notifier", NotifierSettings, environment())
    return read_file(settings.routes) if settings.routes else routing_of(settings)


def _check(path: Path) -> int:
    from satark.notifier.routing.file import read_file  # noqa: PLC0415 - see the class

    routing = read_file(path)
    for hint in routing.hints:
        _say(hint.shown())
    routes = sum(1 for _ in routing.root.every())
    print(f"{path}: right; routes: {routes}, receivers: {len(routing.receivers)}")  # noqa: T201 - the answer
    return 0


def _schema() -> int:
    from satark.notifier.routing.form import schema  # noqa: PLC0415 - see the class

    print(json.dumps(schema(), indent=2, ensure_ascii=False))  # noqa: T201 - the answer
    return 0


def _show(routing: "RoutingTree") -> int:
    from satark.notifier.routing.showing import pictures  # noqa: PLC0415 - see the class
    from satark.runtime.terminal import console  # noqa: PLC0415 - as above

    for picture in pictures(routing, datetime.now(UTC)):
        console().print(picture)
    return 0


def _test(routing: "RoutingTree", subject: Mapping[str, str], expected: tuple[str, ...] | None) -> int:
    from satark.notifier.routing.showing import told  # noqa: PLC0415 - see the class
    from satark.runtime.terminal import console  # noqa: PLC0415 - as above

    legs = routing.legs(subject)
    for picture in told(legs, datetime.now(UTC)):
        console().print(picture)
    found = sorted({leg.target.receiver for leg in legs})
    if expected is None or found == sorted(set(expected)):
        return 0
    _say(f"satark notifier routes: expected {', '.join(sorted(set(expected)))}, not {', '.join(found)}")
    return UNEXPECTED


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - for a person
