"""`satark backtest`: its arguments, and what each outcome exits with."""

import argparse
import asyncio
from pathlib import Path

from satark.detector.replay import arguments
from satark.detector.replay.command import METHODS, answered
from satark.detector.rules.model import Method

DEFAULT_LIMIT = 40
MAX_LIMIT = 100_000

EPILOG = f"""\
{arguments.SOURCE}

examples:
  satark backtest --rules new-rules.yaml month.jsonl.gz --picture new-rules.html
  satark backtest --rules new-rules.yaml --against rules.yaml --topic satark.metrics.v1 --from 2026-11-14
  satark backtest --method seed week.csv

Both versions see the same samples and begin without a memory. Incidents that people are told of are compared; what is
for the record only is not. Without --against the running rules are those of SATARK_DETECTOR_*.
Exit status: 0 compared, 1 there were no samples, 2 arguments that make no sense, 69 no broker answers, 78 wrong settings
or rules."""


class BacktestCommand:
    """Runs two versions of the rules over the same samples and tells what differs."""

    help = "try new rules on samples of the past: which incidents are gained, lost and changed"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        arguments.configure(parser)
        parser.add_argument("--rules", type=Path, metavar="NEW", help="the new rules")
        parser.add_argument("--method", type=Method, choices=METHODS, metavar="robust|seed", help="the new method")
        parser.add_argument("--against", type=Path, metavar="RUNNING", help="the rules to compare with")
        parser.add_argument("--picture", type=Path, metavar="FILE", help="draw both versions: one .html or .svg file")
        parser.add_argument(
            "--limit",
            type=_limit,
            default=DEFAULT_LIMIT,
            metavar="N",
            help=f"list so many of the incidents that differ (default {DEFAULT_LIMIT})",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def run(self, args: argparse.Namespace) -> int:
        """Compare; return the exit status."""
        from satark.detector.replay.backtest import actions  # noqa: PLC0415 - numpy is costly, --help need not pay

        return answered("backtest", lambda: asyncio.run(actions.backtest(args)))


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_LIMIT):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number up to {MAX_LIMIT}")
    return int(text)


command = BacktestCommand()
