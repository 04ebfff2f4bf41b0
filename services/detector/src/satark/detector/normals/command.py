"""`satark normal`: its arguments, and what each outcome exits with."""

import argparse
import json
from datetime import UTC, datetime

import msgspec
from rich.text import Text

from satark.detector.explain.words import Clock
from satark.detector.normals import screen
from satark.detector.normals.selection import Latest
from satark.detector.replay.topics import UnknownTopicError
from satark.detector.uves.commands.running import reading_kafka
from satark.runtime.groups import KafkaSettings
from satark.runtime.letters import since
from satark.runtime.terminal import console

EX_UNKNOWN, EX_USAGE = 1, 2
DEFAULT_SINCE = "2h"

EPILOG = """\
The detector tells what it holds for normal when each half-hour begins, and when a link has been learnt; this shows the
latest of each. Low and high are where normal values rarely end; a value above the limit takes part in an incident. While
a metric is learnt it has no normal, only an absolute limit; the last column says what is still wanted.

examples:
  satark normal
  satark normal PUNE
  satark normal wan-link/vco/4101/link-b --json
  satark normal --learning --since 1d

Exit status: 0 shown, 1 nothing was told of such a link, 2 there is no such topic, 69 no broker answers, 78 wrong
settings. Kafka is found by SATARK_KAFKA_*."""


class NormalCommand:
    """Shows what is normal for each link."""

    help = "show what the detector holds for normal for each link, and which links it still learns"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("link", nargs="?", default="", metavar="LINK", help="a part of its name or key (all)")
        parser.add_argument("--learning", action="store_true", help="only those that are learnt")
        parser.add_argument(
            "--since", type=_since, default=DEFAULT_SINCE, metavar="AGE|TIME", help="what was told since then (2h)"
        )
        zone = parser.add_mutually_exclusive_group()
        zone.add_argument("--utc", action="store_true", help="times in UTC (the default)")
        zone.add_argument("--local", action="store_true", help="times in the zone of this machine")
        parser.add_argument("--json", action="store_true", help="print one JSON object a link")

    def run(self, args: argparse.Namespace) -> int:
        """Show; return the exit status."""
        return reading_kafka("normal", lambda kafka: _show(kafka, args))


async def _show(kafka: KafkaSettings, args: argparse.Namespace) -> int:
    from satark.detector.normals.reading import read  # noqa: PLC0415 - costly, --help need not pay

    out, latest = console(), Latest(args.link, args.learning)
    try:
        await read(kafka, latest, since=args.since)
    except UnknownTopicError as error:
        out.print(str(error), markup=False)
        return EX_USAGE
    found = list(latest.found())
    if args.json:
        for baseline in found:
            out.print(Text(json.dumps(msgspec.to_builtins(baseline))), soft_wrap=True)
    elif found:
        screen.show(out, found, Clock(None if args.local else UTC))
    else:
        out.print("nothing is learnt" if args.learning else "nothing was told of such a link", markup=False)
    return 0 if found or args.learning else EX_UNKNOWN


def _since(text: str) -> datetime:
    try:
        return since(text, datetime.now(UTC))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


command = NormalCommand()
