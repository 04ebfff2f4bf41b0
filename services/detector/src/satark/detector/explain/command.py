"""`satark explain`: its arguments, and what each outcome exits with."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec

from satark.detector.explain.stories import ById, Newest, Search, Story, UnknownIncidentError
from satark.detector.explain.words import Clock
from satark.detector.replay.textfile import UnreadableFileError
from satark.runtime.groups import KafkaSettings
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load
from satark.runtime.terminal import console

EX_UNKNOWN = 1
EX_USAGE = 2
EX_UNAVAILABLE = 69
MAX_LAST = 1_000

EPILOG = """\
Everything shown is in the incident's events, as the detector published them: nothing is computed again.
Values are in the metric's unit; a distance is (seen - centre) / the larger of spread and floor.

examples:
  satark explain 3f2a9c1e
  satark explain --last 3
  satark explain --entity wan-link/vco/4101/link-b --local
  satark replay week.jsonl.gz --json > told.jsonl; satark explain --file told.jsonl --last 1

Exit status: 0 explained, 1 no such incident, 2 arguments that make no sense, 69 no broker answers, 78 wrong settings.
Kafka is found by SATARK_KAFKA_*."""


class UsageError(ValueError):
    """The arguments make no sense together, or name a file that cannot be read."""


class ExplainCommand:
    """Explains incidents from their stored events."""

    help = "show what an incident rests on: each event's values, normal, limit, rule and reason"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("incident", nargs="?", metavar="INCIDENT", help="its id, or as much of it as is unique")
        parser.add_argument("--entity", metavar="KEY", help="the newest incidents of this entity")
        parser.add_argument("--last", type=_count, metavar="N", help="the newest N (default 1, with --entity)")
        parser.add_argument(
            "--file", type=Path, metavar="FILE", help="read events from here, one JSON a line, plain or gz; - is stdin"
        )
        zone = parser.add_mutually_exclusive_group()
        zone.add_argument("--utc", action="store_true", help="times in UTC (the default)")
        zone.add_argument("--local", action="store_true", help="times in the zone of this machine")
        parser.add_argument("--json", action="store_true", help="print one JSON object an incident")

    def run(self, args: argparse.Namespace) -> int:
        """Explain; return the exit status."""
        from satark.detector.replay.topics import UnknownTopicError  # noqa: PLC0415 - as below
        from satark.runtime.kafka import KafkaError, KafkaUnavailableError  # noqa: PLC0415 - costly, --help need not pay

        try:
            search = _search_of(args)
            if bad := _searched(args.file, search):
                _say(f"{bad} {'lines' if args.file else 'records'} are no incident events and were passed over")
            _show(search.found(), args)
        except SettingsError as error:
            return _fail(str(error), EX_CONFIG)
        except (UsageError, UnknownTopicError) as error:
            return _fail(str(error), EX_USAGE)
        except UnknownIncidentError as error:
            return _fail(str(error), EX_UNKNOWN)
        except (KafkaError, KafkaUnavailableError) as error:
            return _fail(str(error) or type(error).__name__, EX_UNAVAILABLE)
        return 0


def _search_of(args: argparse.Namespace) -> Search:
    if args.incident and (args.entity or args.last):
        raise UsageError("name an incident, or ask by --entity and --last, not both")
    if args.incident:
        return ById(args.incident)
    if args.entity or args.last:
        return Newest(args.last or 1, args.entity)
    raise UsageError("which one? Name an incident, or ask by --entity or --last")


def _searched(file: Path | None, search: Search) -> int:
    from satark.detector.explain import reading  # noqa: PLC0415 - as above

    if file is not None:
        try:
            return reading.search_file(file, search)
        except UnreadableFileError as error:
            raise UsageError(f"cannot read {file}: {error}") from error
    import asyncio  # noqa: PLC0415 - as above

    return asyncio.run(reading.search_topic(load("kafka", KafkaSettings, environment()), search))


def _show(stories: Sequence[Story], args: argparse.Namespace) -> None:
    if args.json:
        for story in stories:
            print(msgspec.json.encode(as_json(story)).decode())  # noqa: T201 - a command's answer
        return
    from satark.detector.explain import screen  # noqa: PLC0415 - as above

    shown, clock = console(), Clock(None if args.local else UTC)
    for number, story in enumerate(stories):
        if number:
            shown.rule()
        screen.show(shown, story, clock)


def as_json(story: Story) -> dict[str, Any]:
    """Return an incident with its events as they are on the topic, ready for JSON."""
    last, ended = story.last, story.resolved
    return {
        "incident": story.incident,
        "entity": last.entity,
        "labels": last.labels,
        "severity": last.severity,
        "opened_at": last.opened_at,
        "ended_at": ended.ended_at if ended else None,
        "duration_s": ended.duration_s if ended else None,
        "events_left_out": story.left_out,
        "events": story.events,
    }


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_LAST):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_LAST}")
    return int(text)


def _fail(text: str, status: int) -> int:
    _say(text)
    return status


def _say(text: str) -> None:
    for line in text.splitlines():
        print(f"satark explain: {line}", file=sys.stderr)  # noqa: T201 - a command's answer


command = ExplainCommand()
