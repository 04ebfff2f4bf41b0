"""An accelerated week of a whole estate: does anything grow, fall behind, get lost or get doubled?

Run: `python bench/soak.py [--minutes 45] [--links 1000] [--generators 200] [--days 7] [--out soak.svg]`. It needs Java and
Maven, as the tests do. docs/how-to/test-endurance.md says what runs, and what the verdict holds against what.

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
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.soaking.estate import JUDGED, Extent, running
from bench.soaking.picture import draw
from bench.soaking.run import Soak, judge
from bench.soaking.verdict import Finding
from bench.soaking.watching import Row, heading, line
from bench.soaking.week import BUCKET, BUCKET_S, DAY, week

LINES_A_HEADING = 20
LEARNING_SHARE = 0.4
"""Of a soak that is too short for a day of learning."""

LOOKS = 270
PICTURES = (".png", ".svg", ".pdf")


class Seen(msgspec.Struct):
    """All that a soak saw and found; a file of it can be drawn later."""

    title: str
    rows: list[Row]
    findings: list[Finding]


class Printer:
    """Prints the table as it comes about, and then what is done for the verdict."""

    def __init__(self) -> None:
        self._lines = 0

    def step(self, text: str) -> None:
        """Print what is being done, and since when."""
        print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)

    def row(self, row: Row, share: float, left_s: float) -> None:
        """Print a row."""
        if self._lines % LINES_A_HEADING == 0:
            print(heading(JUDGED))
        self._lines += 1
        print(line(row, JUDGED, share, left_s), flush=True)


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


def past(buckets: int, now: datetime) -> datetime:
    """Return the begin of a week that ends an hour ago, at a five-minute boundary."""
    end = now - timedelta(hours=1)
    return end.replace(minute=end.minute // 5 * 5, second=0, microsecond=0) - buckets * BUCKET


async def soak(extent: Extent, folder: Path) -> Seen:
    """Run it, printing; return what was seen and found."""
    script = week(extent.links, extent.buckets, past(extent.buckets, datetime.now(UTC)), learning=extent.learning)
    run = Soak(script, extent, Printer())
    async with running(script, extent, folder) as estate:
        await run.through(estate)
        findings = await judge(run, estate)
    title = f"{run.week.buckets / DAY:.1f} days of {extent.links} links and {extent.generators} daemons in {run.rows[-1].at_s / 60:.0f} minutes"
    if run.held_s >= 1:
        title += f", for {run.held_s:.0f} s of which the clock waited for a group"
    return Seen(title, run.rows, findings)


def told(findings: Iterable[Finding]) -> str:
    """Return the verdict."""
    lines = [*map(str, findings)]
    bad = [finding.what for finding in findings if finding.kept is False]
    return "\n".join(
        [*lines, f"verdict: {f'{len(bad)} not as promised: ' + ', '.join(bad) if bad else 'all as promised'}"]
    )


def write(seen: Seen, file: Path) -> None:
    """Write a picture, or everything as JSON, as the file's name says."""
    if file.suffix in PICTURES:
        draw(seen.rows, JUDGED, seen.title, file)
    else:
        file.write_bytes(msgspec.json.encode(seen))


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--minutes", type=float, default=45.0, help="how long the week takes, if the machine can (45)")
    made.add_argument("--at-most", type=float, default=math.inf, help="minutes after which it ends, wherever it is")
    made.add_argument("--links", type=int, default=1000, help="WAN links (1000)")
    made.add_argument("--generators", type=int, default=200, help="simulated daemons (200)")
    made.add_argument("--days", type=float, default=7.0, help="length of the week (7)")
    made.add_argument("--speed", type=float, default=1.0, help="how much faster than real the daemons live (1)")
    made.add_argument("--out", type=Path, nargs="+", default=[], help="pictures (.svg .png .pdf), or all as .json")
    made.add_argument("--draw", type=Path, metavar="JSON", help="run nothing: draw and judge what an earlier run wrote")
    made.add_argument("--keep", type=Path, help="folder for logs, mails and the store, kept afterwards")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options and soak; return the exit status."""
    options = parser().parse_args(arguments)
    if options.draw:
        seen = msgspec.json.decode(options.draw.read_bytes(), type=Seen)
    else:
        # Of the simulators in this process only what is wrong belongs between the rows.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        extent = extent_of(options)
        print(
            f"{extent.links} links, {extent.generators} daemons, {extent.buckets} buckets of {BUCKET_S} s, the first "
            f"{extent.learning} for learning; a bucket takes {extent.pace_s:.2f} s at least",
            flush=True,
        )
        with tempfile.TemporaryDirectory(prefix="satark-soak-") as temporary:
            seen = asyncio.run(soak(extent, options.keep or Path(temporary)))
    print(f"{seen.title}\n{told(seen.findings)}")
    for file in options.out:
        write(seen, file)
    return int(any(finding.kept is False for finding in seen.findings))


if __name__ == "__main__":
    sys.exit(main())
