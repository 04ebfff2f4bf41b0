"""The arguments that `satark replay` and `satark backtest` share: where samples come from, and what is wrong with that."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from satark.detector.explain.words import Clock
from satark.detector.replay.columns import moment
from satark.detector.replay.files import FileSource
from satark.detector.replay.sightings import Order, Period, Rejecting, Source
from satark.detector.replay.textfile import STDIN
from satark.runtime.groups import KafkaSettings
from satark.runtime.settings import environment, load

DEFAULT_INTERVAL_S = 300
MAX_INTERVAL_S = 86_400

SOURCE = """\
A file has one metric sample a line (JSON, as `satark replay --export` writes them), or is a table (CSV) with the columns
time and entity, any of kind, interval_s and backfilled, names of the link as label.edge, label.isp and so on, and the
metrics, such as latency_ms_rx. Both may be gzipped."""


class UsageError(ValueError):
    """The arguments make no sense together, or name a file that cannot be used."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what says where samples come from."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="samples as JSON Lines or CSV; - is stdin")
    parser.add_argument("--topic", metavar="NAME", help="samples of this topic, such as satark.metrics.v1")
    parser.add_argument("--from", dest="start", type=_moment, metavar="TIME", help="samples that begin then or later")
    parser.add_argument("--to", dest="end", type=_moment, metavar="TIME", help="samples that begin before then")
    parser.add_argument(
        "--order",
        type=Order,
        choices=list(Order),
        metavar="time|arrival",
        help="judge by the samples' time (default of a file) or as they came (default of a topic)",
    )
    parser.add_argument(
        "--interval",
        type=_seconds,
        default=DEFAULT_INTERVAL_S,
        metavar="SECONDS",
        help=f"length of a sample where a table does not say it (default {DEFAULT_INTERVAL_S})",
    )
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="keep what is no sample here, with its place")
    zone = parser.add_mutually_exclusive_group()
    zone.add_argument("--utc", action="store_true", help="times in UTC (the default)")
    zone.add_argument("--local", action="store_true", help="times in the zone of this machine")


def source_of(args: argparse.Namespace, reject: Rejecting) -> Source:
    """Return the source that the arguments name. Raises UsageError, SettingsError."""
    if bool(args.file) == bool(args.topic):
        raise UsageError("name a FILE or a --topic, one of them")
    if args.start and args.end and args.start >= args.end:
        raise UsageError("--from is not before --to")
    period = Period(args.start, args.end)
    if args.file:
        order = args.order or Order.TIME
        return FileSource(args.file, reject=reject, period=period, interval_s=args.interval, order=order)
    from satark.detector.replay.topic import TopicSource  # noqa: PLC0415 - aiokafka is costly, --help need not pay

    settings = load("kafka", KafkaSettings, environment())
    return TopicSource(settings, args.topic, reject=reject, period=period, order=args.order or Order.ARRIVAL)


def name_of(args: argparse.Namespace) -> str:
    """Return what the source is called."""
    if args.topic:
        return str(args.topic)
    return "standard input" if args.file == STDIN else str(args.file)


def clock_of(args: argparse.Namespace) -> Clock:
    """Return how times are told."""
    return Clock(None if args.local else UTC)


def _moment(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_INTERVAL_S):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds up to {MAX_INTERVAL_S}")
    return int(text)
