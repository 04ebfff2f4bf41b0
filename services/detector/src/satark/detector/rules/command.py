"""`satark rules`: its arguments."""

import argparse
import re
from datetime import datetime
from pathlib import Path

from satark.schemas.metrics import WAN_LINK

EPILOG = """\
examples:
  satark rules show > rules.yaml
  satark rules check rules.yaml
  satark rules show rules.yaml --label link='Verizon LTE' --label site=Oslo
  satark rules test rules-test.yaml

Exit status: 0 all is right, 1 a file is wrong, cannot be read, or a test fails, 2 for arguments that make no sense."""

_LABEL = re.compile(r"([a-z][a-z0-9_]{0,63})=(.*)", re.DOTALL)


class RulesCommand:
    """`check` reads files, `test` runs tests of them, `show` tells how an entity is watched. None talks to anybody."""

    help = "check and test the detector's rules, or show what they come to for an entity"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the actions."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        actions = parser.add_subparsers(dest="action", required=True, metavar="check|test|show")
        _configure_check(actions.add_parser("check", help="tell every mistake of files of rules"))
        _configure_test(actions.add_parser("test", help="run tests: what is expected of the plans of entities"))
        _configure_show(
            actions.add_parser("show", help="print the built-in rules, or what rules come to for an entity")
        )

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit status."""
        from satark.detector.rules.actions import ACTIONS  # noqa: PLC0415 - reads the built-in rules; --help need not

        return ACTIONS[args.action](args)


def _configure_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files of rules, each on its own")
    _add_json(parser)


def _configure_test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files of tests; each names its rules")
    _add_json(parser)


def _configure_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a file of rules; without it the built-in ones"
    )
    parser.add_argument(
        "--label",
        action="append",
        default=[],
        type=_label,
        metavar="NAME=VALUE",
        help="a label of the entity; may be repeated",
    )
    parser.add_argument("--schema", action="store_true", help="print the JSON schema of a file of rules instead")
    parser.add_argument("--kind", default=None, help=f"the entity's kind; {WAN_LINK} when only labels are given")
    parser.add_argument(
        "--at",
        type=_instant,
        metavar="TIME",
        help="from when on maintenance is listed, with offset or Z; without it now",
    )
    _add_json(parser)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _label(text: str) -> tuple[str, str]:
    match = _LABEL.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=VALUE; a name is like link or enterprise_id")
    return match[1], match[2]


def _instant(text: str) -> datetime:
    from satark.detector.rules.values import parsed_instant  # noqa: PLC0415 - as in run

    try:
        return parsed_instant(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time with offset or Z, such as 2026-11-29T02:30Z") from None


command = RulesCommand()
