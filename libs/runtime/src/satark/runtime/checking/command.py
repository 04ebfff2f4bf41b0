"""`satark check`: its arguments, and what each result exits with."""

import argparse
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from satark.runtime.api import GROUP, ApiSettings
from satark.runtime.checking.readers import SERVICES
from satark.runtime.groups import KafkaSettings, split_address
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

if TYPE_CHECKING:
    from satark.runtime.checking.gathering import Asked

OPTIONAL = (*SERVICES, "gateway")
WATCH_S = 10.0

EPILOG = """\
Kafka is found by SATARK_KAFKA_*; --api asks as SATARK_API_* says (token, user, CA). Nothing is changed anywhere.

examples:
  satark check
  satark check --api http://127.0.0.1:8081 --ops poller:9100 detector:9100 notifier:9100
  satark check --without gateway --json

Exit status: 0 all is well, 1 something is doubtful or could not be seen, 2 something is bad, 78 wrong settings."""


class CheckCommand:
    """Looks at everything once, or again and again. Its libraries are imported when it runs."""

    help = "show what is and what is not well: Kafka, topics, readers, dead letters, data, services"
    groups = {GROUP: ApiSettings}  # noqa: RUF012 - read only

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("--api", metavar="URL", help="ask the REST API there too")
        parser.add_argument(
            "--ops",
            nargs="+",
            action="extend",
            default=[],
            type=_address,
            metavar="HOST:PORT",
            help="ask these ops ports",
        )
        parser.add_argument(
            "--without",
            nargs="+",
            action="extend",
            default=[],
            choices=OPTIONAL,
            metavar="SERVICE",
            help=f"services that are not run here: {', '.join(OPTIONAL)}",
        )
        parser.add_argument(
            "--all", action="store_true", help="a line for each thing, also where all of a part is well"
        )
        parser.add_argument("--json", action="store_true", help="print JSON: one object with all findings")
        parser.add_argument("--watch", action="store_true", help=f"look again every {WATCH_S:g} s until interrupted")

    def run(self, args: argparse.Namespace) -> int:
        """Check; return the exit status."""
        try:
            return _check(_asked(args), args)
        except SettingsError as error:
            for mistake in error.mistakes:
                print(f"satark check: {mistake}", file=sys.stderr)  # noqa: T201 - for a person
            return EX_CONFIG


def _asked(args: argparse.Namespace) -> "Asked":
    from satark.runtime.checking.gathering import Asked  # noqa: PLC0415 - see the class

    environ = environment()
    api = load(GROUP, ApiSettings, {**environ, "SATARK_API_URL": args.api}) if args.api else None
    return Asked(load("kafka", KafkaSettings, environ), api, tuple(args.ops), frozenset(args.without))


def _check(asked: "Asked", args: argparse.Namespace) -> int:
    import asyncio  # noqa: PLC0415 - see the class

    from satark.runtime.checking import screen  # noqa: PLC0415 - as above
    from satark.runtime.checking.findings import exit_status  # noqa: PLC0415 - as above
    from satark.runtime.checking.gathering import gathered  # noqa: PLC0415 - as above
    from satark.runtime.terminal import console  # noqa: PLC0415 - as above

    shown, progress = console(), screen.Progress()
    status = 0
    try:
        while True:
            with screen.in_silence(), progress.shown():
                findings = asyncio.run(gathered(asked, progress))
            now, status = datetime.now(UTC), exit_status(findings)
            if args.json:
                screen.write_json(findings, now)
            else:
                if args.watch and shown.is_terminal:
                    shown.clear()
                shown.print(screen.table(findings, whole=args.all))
                shown.print(screen.summary(findings, now))
            if not args.watch:
                return status
            time.sleep(WATCH_S)  # noqa: TID251 - nothing else is to be done in between
    except KeyboardInterrupt:
        if not args.watch:
            raise
        return status


def _address(text: str) -> str:
    host, port = split_address(text)
    if not host or not port:
        raise argparse.ArgumentTypeError(f"{text!r} is not host:port")
    return text


command = CheckCommand()
