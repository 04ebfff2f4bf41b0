"""`satark dlq`: its arguments, and what each mistake exits with."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from satark.runtime import letters
from satark.runtime.groups import KafkaSettings
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

EX_USAGE = 2
EX_UNAVAILABLE = 69
DEFAULT_LIMIT = 50
MAX_LIMIT = 100_000


class DlqCommand:
    """`list` and `show` only read; `replay` writes the originals to the topics they came from."""

    help = "list dead letters, show one, or send them back to their topic"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the actions."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|replay")
        _configure_list(actions.add_parser("list", help="list dead letters, newest last"))
        _configure_show(actions.add_parser("show", help="show one with its headers and its bytes"))
        _configure_replay(actions.add_parser("replay", help="send the originals back to the topics they came from"))

    def run(self, args: argparse.Namespace) -> int:
        """Do it; 2 for arguments that make no sense, 78 for wrong settings, 69 when no broker answers."""
        from satark.runtime.commands.dlq import actions  # noqa: PLC0415 - aiokafka is costly, --help need not pay

        try:
            settings = load("kafka", KafkaSettings, environment())
            return asyncio.run(actions.ACTIONS[args.action](settings, args))
        except SettingsError as error:
            return _fail(str(error), EX_CONFIG)
        except actions.UsageError as error:
            return _fail(str(error), EX_USAGE)
        except (actions.KafkaError, actions.KafkaUnavailableError) as error:
            return _fail(str(error) or type(error).__name__, EX_UNAVAILABLE)


def _configure_list(parser: argparse.ArgumentParser) -> None:
    _add_selection(parser)
    parser.add_argument(
        "--limit", type=_limit, default=DEFAULT_LIMIT, metavar="N", help="show the newest so many of them"
    )
    parser.add_argument("--json", action="store_true", help="write one JSON object a line")


def _configure_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", type=_checked(letters.place), metavar="TOPIC/PARTITION/OFFSET", help="which one")
    parser.add_argument("--raw", action="store_true", help="write the value's bytes and nothing else")


def _configure_replay(parser: argparse.ArgumentParser) -> None:
    _add_selection(parser)
    parser.add_argument(
        "--offset",
        type=_checked(letters.place),
        action="append",
        default=[],
        metavar="PARTITION/OFFSET",
        help="only this one of --topic; may be repeated",
    )
    parser.add_argument("--all", action="store_true", help="every letter of every topic")
    parser.add_argument("--dry-run", action="store_true", help="say what would be sent back, send nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--topic", help="of this topic only: its own name or that of its dead letters")
    parser.add_argument("--reason", help="with this reason only")
    parser.add_argument(
        "--since",
        type=_checked(lambda text: letters.since(text, datetime.now(UTC))),
        metavar="TIME",
        help="dead since then only: a time like 2026-03-02T10:00Z or an age like 30m, 2h, 7d",
    )


def _checked(parse: Callable[[str], object]) -> Callable[[str], object]:
    def checked(text: str) -> object:
        try:
            return parse(text)
        except (ValueError, OverflowError) as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_LIMIT):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_LIMIT}")
    return int(text)


def _fail(text: str, status: int) -> int:
    for line in text.splitlines():
        print(f"satark dlq: {line}", file=sys.stderr)  # noqa: T201 - a command's answer
    return status


command = DlqCommand()
