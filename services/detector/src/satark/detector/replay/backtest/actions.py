"""What `satark backtest` does: the shell around source, both detections, screen and picture."""

import argparse
import sys
from contextlib import ExitStack, aclosing
from pathlib import Path

import msgspec
from rich.console import Console

from satark.detector.explain.words import Clock
from satark.detector.replay.arguments import UsageError, clock_of, name_of, source_of
from satark.detector.replay.backtest import drawing, screen
from satark.detector.replay.backtest.comparison import compared
from satark.detector.replay.backtest.episodes import TooManyIncidentsError
from satark.detector.replay.backtest.mails import Mails
from satark.detector.replay.backtest.page import page
from satark.detector.replay.backtest.report import Report
from satark.detector.replay.backtest.totals import Watched
from satark.detector.replay.command import EX_NOTHING
from satark.detector.replay.detections import Chosen, chosen
from satark.detector.replay.judging import Replay, Tally
from satark.detector.replay.progress import Bar
from satark.detector.replay.rejects import Rejects
from satark.detector.replay.stream import stream
from satark.detector.settings import DetectorSettings
from satark.runtime.settings import environment, load
from satark.runtime.terminal import console

SUFFIXES = (".html", ".htm", ".svg")


async def backtest(args: argparse.Namespace) -> int:
    """Compare both versions; return the exit status. Raises UsageError."""
    _check(args)
    settings = load("detector", DetectorSettings, environment())
    running, new = chosen(settings, args.against), chosen(settings, args.rules, args.method)
    try:
        report = await _report(args, running, new)
    except TooManyIncidentsError as error:
        raise UsageError(str(error)) from error
    if report is None:
        print("no samples", file=sys.stderr)  # noqa: T201 - a command's answer
        return EX_NOTHING
    clock = clock_of(args)
    if args.json:
        print(msgspec.json.format(msgspec.json.encode(report.as_json()), indent=2).decode())  # noqa: T201 - as above
    else:
        screen.show(console(), report, clock, limit=args.limit)
    if args.picture:
        args.picture.write_text(picture(report, clock, args.picture), encoding="utf-8")
    return 0


def picture(report: Report, clock: Clock, path: Path) -> str:
    """Return the content of a picture's file, of the kind that its name says."""
    if path.suffix.lower() == ".svg":
        return drawing.svg(report, drawing.lanes(report), clock, alone=True) + "\n"
    return page(report, clock)


def _check(args: argparse.Namespace) -> None:
    if not (args.rules or args.method):
        raise UsageError("what is new? Name a file of --rules, or a --method")
    if args.picture and args.picture.suffix.lower() not in SUFFIXES:
        raise UsageError(f"--picture {args.picture}: its name ends in none of {', '.join(SUFFIXES)}")


async def _report(args: argparse.Namespace, running: Chosen, new: Chosen) -> Report | None:
    tally, watched = Tally(), Watched()
    versions = [(Replay(rules.detection()), Mails()) for rules in (running, new)]
    with ExitStack() as files:
        rejects = files.enter_context(Rejects(args.rejects))
        source = source_of(args, rejects)
        bar = files.enter_context(Bar(Console(stderr=True)))
        async with aclosing(stream(source, bar)) as batches:
            async for batch in batches:
                for sighting in batch:
                    tally.see(sighting.sample)
                    watched.see(sighting.sample)
                for replay, mails in versions:
                    mails.add(replay.feed(batch))
    if tally.first is None or tally.last is None:
        return None
    before, after = (mails for _, mails in versions)
    for mails in (before, after):
        mails.settle()
    return Report(
        running=running.name,
        new=new.name,
        source=name_of(args),
        start=tally.first,
        end=tally.last,
        samples=tally.samples,
        links=len(tally.entities),
        rejected=rejects.count,
        watched=watched,
        differences=compared(before.incidents, after.incidents, tally.last),
        groups=compared(before.groups, after.groups, tally.last),
        mails=(before.count, after.count),
    )
