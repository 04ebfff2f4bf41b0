"""`satark notifier test`: send a test message through each way to a receiver, and print what became of it."""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from satark.notifier.settings import NotifierSettings
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

if TYPE_CHECKING:
    from satark.notifier.channels.trial import Trial
    from satark.notifier.routing.model import Target

FAILED = 1
EPILOG = """\
Uses the settings of `satark notifier` and its file of routes, without Kafka. Without such a file there is one receiver,
`default`, with the addresses of SATARK_NOTIFIER_RECEIVERS. Charts and words are those of a real message; what it tells
of is an example, and it says so.

examples:
  satark notifier test noc
  satark notifier test noc --json

Exit status: 0 all were sent, 1 one was not, 78 wrong settings, or no such receiver."""


class TryCommand:
    """`satark notifier test`. Its libraries are imported when it runs, so that `satark --help` stays quick."""

    help = "send a test message to a receiver, and print what each way to it answered"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("receiver", metavar="RECEIVER", help="a receiver's name in the file of routes")
        parser.add_argument("--json", action="store_true", help="print JSON: a list with an object for each target")

    def run(self, args: argparse.Namespace) -> int:
        """Send the messages; return the exit status."""
        with _quiet():
            try:
                settings = load("notifier", NotifierSettings, environment())
                trials = _tried(settings, _targets(settings, args.receiver))
            except SettingsError as error:
                for mistake in error.mistakes:
                    print(f"satark notifier test: {mistake}", file=sys.stderr)  # noqa: T201 - for a person
                return EX_CONFIG
        _show(trials, as_json=args.json)
        return 0 if all(trial.is_good for trial in trials) else FAILED


def _targets(settings: NotifierSettings, receiver: str) -> "Sequence[Target]":
    from satark.notifier.routing.file import RoutesFile  # noqa: PLC0415 - see the class
    from satark.runtime.documents.mistakes import WrongFileError  # noqa: PLC0415 - as above

    try:
        routing = RoutesFile(settings).load()
    except WrongFileError as error:
        raise SettingsError(str(mistake) for mistake in error.mistakes) from None
    targets = routing.targets(receiver)
    if not targets:
        raise SettingsError([f"{receiver!r} is no receiver; there are {', '.join(sorted(routing.receivers))}"])
    return targets


def _tried(settings: NotifierSettings, targets: "Sequence[Target]") -> "Sequence[Trial]":
    from satark.notifier.channels.build import channels_of  # noqa: PLC0415 - see the class
    from satark.notifier.channels.trial import tried  # noqa: PLC0415 - as above

    return asyncio.run(tried(targets, channels_of(settings), datetime.now(UTC)))


@contextmanager
def _quiet() -> Iterator[None]:
    """Log to stderr, and only what is wrong: the table says the rest."""
    import logging  # noqa: PLC0415 - see the class

    import structlog  # noqa: PLC0415 - as above

    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def _show(trials: "Sequence[Trial]", *, as_json: bool) -> None:
    import msgspec  # noqa: PLC0415 - see the class
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    from satark.runtime.terminal import console  # noqa: PLC0415 - as above

    if as_json:
        print(msgspec.json.format(msgspec.json.encode(trials)).decode())  # noqa: T201 - the answer
        return
    table = Table("target", "result", "reply", "seconds", box=None)
    for trial in trials:
        style = "green" if trial.is_good else "red"
        table.add_row(Text(trial.target), Text(trial.result, style), Text(trial.reply), f"{trial.seconds:.2f}")
    console().print(table)
