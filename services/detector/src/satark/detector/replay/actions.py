"""What `satark replay` does: the shell around source, detection and screen."""

import argparse
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, aclosing

import msgspec
from rich.console import Console
from rich.text import Text

from satark.detector.replay.arguments import clock_of, source_of
from satark.detector.replay.command import EX_NOTHING
from satark.detector.replay.detections import Chosen, chosen
from satark.detector.replay.exporting import kept
from satark.detector.replay.grouping import Grouping
from satark.detector.replay.judging import Replay, Tally
from satark.detector.replay.progress import Bar, screen_for_bar
from satark.detector.replay.rejects import Rejects
from satark.detector.replay.screen import show_event, show_group, summary
from satark.detector.replay.sightings import Sighting
from satark.detector.replay.stream import stream
from satark.detector.settings import DetectorSettings
from satark.runtime.settings import environment, load
from satark.runtime.terminal import console
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.incidents import IncidentEvent


async def replay(args: argparse.Namespace) -> int:
    """Judge the source's samples and tell the incidents; return the exit status."""
    tally, screen = Tally(), console()
    show = _shown(args, screen)
    begun_s = time.monotonic()
    with ExitStack() as files:
        rejects = files.enter_context(Rejects(args.rejects))
        source = source_of(args, rejects)
        keep = files.enter_context(kept(args.export)) if args.export else None
        bar = files.enter_context(Bar(screen_for_bar(screen)))
        async with aclosing(stream(source, bar, keep=keep)) as batches:
            async for event in _told(batches, Replay(_rules(args).detection()), tally):
                tally.tell(event)
                show(event)
    for line in summary(tally, rejects.count, time.monotonic() - begun_s, clock_of(args)):
        print(line, file=sys.stderr)  # noqa: T201 - a command's answer
    return 0 if tally.samples else EX_NOTHING


async def _told(
    batches: AsyncGenerator[list[Sighting], None], judging: Replay, tally: Tally
) -> AsyncGenerator[IncidentEvent | IncidentGroupEvent, None]:
    """Yield all that is told, of incidents and of their groups, and count the samples."""
    grouping = Grouping()
    async for batch in batches:
        for sighting in batch:
            tally.see(sighting.sample)
        for event in grouping.weave(judging.feed(batch)):
            yield event
    for event in grouping.settle():
        yield event


def _rules(args: argparse.Namespace) -> Chosen:
    return chosen(load("detector", DetectorSettings, environment()), args.rules, args.method)


def _shown(args: argparse.Namespace, screen: Console) -> Callable[[IncidentEvent | IncidentGroupEvent], None]:
    """Return what an event is shown with."""
    clock = clock_of(args)

    def show_json(event: IncidentEvent | IncidentGroupEvent) -> None:
        if isinstance(event, IncidentGroupEvent):
            return
        line = msgspec.json.encode(event).decode()
        if screen.is_terminal:
            screen.print(Text(line), soft_wrap=True)
        else:
            print(line)  # noqa: T201 - a command's answer

    def show(event: IncidentEvent | IncidentGroupEvent) -> None:
        if isinstance(event, IncidentGroupEvent):
            show_group(screen, event, clock)
        elif args.all or not event.historical:
            show_event(screen, event, clock)

    return show_json if args.json else show
