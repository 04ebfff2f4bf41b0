"""An accelerated week of a whole estate: does anything grow, fall behind, get lost or get doubled?

Run: `python bench/soak.py [--minutes 45] [--links 1000] [--generators 200] [--days 7] [--out soak.svg]`. It needs Java and
Maven, as the tests do. docs/how-to/test-endurance.md says what runs, what the verdict holds against what, and what not.

Every few seconds a line shows memory (MiB), file descriptors (f) and threads (t) of each process, how far behind each
consumer group is (detector/notifier/analytics), what is stored, and how long it will take. The exit status is 1 if
anything was not as promised.
"""

import argparse
import asyncio
import logging
import math
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.soaking.estate import JUDGED, Extent, running
from bench.soaking.run import Soak, judge
from bench.soaking.verdict import Finding
from bench.soaking.watching import Row, heading, line
from bench.soaking.week import BUCKET, BUCKET_S, DAY, Week, week

LINES_A_HEADING = 20
LEARNING_SHARE = 0.4
"""Of a soak that is too short for a day of learning."""

LOOKS = 270


def extent_of(options: argparse.Namespace) -> Extent:
    """Return how large and how fast it is to be."""
    buckets = round(options.days * DAY)
    return Extent(
        links=options.links,
        generators=options.generators,
        buckets=buckets,
        learning=min(DAY, round(buckets * LEARNING_SHARE)),
        pace_s=options.minutes * 60 / buckets,
        look_s=max(1.0, options.minutes * 60 / LOOKS),
        speed=options.speed,
        most_s=options.at_most * 60,
    )


def past(buckets: int) -> datetime:
    """Return the begin of a week that ends an hour ago, at a five-minute boundary."""
    end = datetime.now(UTC) - timedelta(hours=1)
    return end.replace(minute=end.minute // 5 * 5, second=0, microsecond=0) - buckets * BUCKET


class Printer:
    """Prints the table as it comes about."""

    def __init__(self) -> None:
        self._lines = 0

    def __call__(self, row: Row, share: float, left_s: float) -> None:
        """Print a row."""
        if self._lines % LINES_A_HEADING == 0:
            print(heading(JUDGED))
        self._lines += 1
        print(line(row, JUDGED, share, left_s), flush=True)


async def soak(extent: Extent, tell: Printer, folder: Path) -> tuple[list[Row], list[Finding], Week]:
    """Run it; return what was seen, what is found, and the script."""
    script = week(extent.links, extent.buckets, past(extent.buckets), learning=extent.learning)
    run = Soak(script, extent, tell)
    async with running(script, extent, folder) as estate:
        await run.through(estate)
        return run.rows, await judge(run, estate), script


def told(findings: Sequence[Finding]) -> str:
    """Return the verdict."""
    bad = [finding.what for finding in findings if finding.kept is False]
    last = f"{len(bad)} not as promised: {', '.join(bad)}" if bad else "all as promised"
    return "\n".join([*map(str, findings), f"verdict: {last}"])


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--minutes", type=float, default=45.0, help="how long the week takes, if the machine can (45)")
    made.add_argument("--at-most", type=float, default=math.inf, help="minutes after which it ends, wherever it is")
    made.add_argument("--links", type=int, default=1000, help="WAN links (1000)")
    made.add_argument("--generators", type=int, default=200, help="simulated daemons (200)")
    made.add_argument("--days", type=float, default=7.0, help="length of the week (7)")
    made.add_argument("--speed", type=float, default=1.0, help="how much faster than real the daemons live (1)")
    made.add_argument("--out", type=Path, help="a picture (.svg, .png) or all that was seen (.json)")
    made.add_argument("--keep", type=Path, help="folder for logs, mails and the store, kept afterwards")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options and soak; return the exit status."""
    options = parser().parse_args(arguments)
    # Of the simulators in this process only what is wrong belongs between the rows.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    extent = extent_of(options)
    print(
        f"{extent.links} links, {extent.generators} daemons, {extent.buckets} buckets of {BUCKET_S} s "
        f"of which {extent.learning} are for learning; a bucket takes {extent.pace_s:.2f} s at least",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="satark-soak-") as temporary:
        rows, findings, _ = asyncio.run(soak(extent, Printer(), options.keep or Path(temporary)))
    print(told(findings))
    if options.out:
        options.out.write_bytes(msgspec.json.encode({"rows": rows, "findings": findings}))
    return int(any(finding.kept is False for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
