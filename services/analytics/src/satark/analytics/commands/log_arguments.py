"""`satark logs`: its options. They have the names of `contrail-logs`."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from satark.analytics.commands.times import Span, span


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_times(parser)
    _add_conditions(parser)
    _add_objects(parser)
    _add_output(parser)


def add_times(parser: argparse.ArgumentParser) -> None:
    """Add the options for the time that is asked for."""
    times = parser.add_argument_group("time")
    times.add_argument("--start-time", metavar="TIME", help="from when (now-10m)")
    times.add_argument("--end-time", metavar="TIME", help="until when (now)")
    times.add_argument("--last", metavar="10m", help="the last 10 minutes, 1d and so on; wins over the other two")


def asked_span(args: argparse.Namespace) -> Span:
    """Return the time that is asked for. Raises UsageError."""
    return span(args.start_time, args.end_time, args.last, now=datetime.now(UTC), zone=None)


def _add_conditions(parser: argparse.ArgumentParser) -> None:
    which = parser.add_argument_group("which messages")
    which.add_argument("--source", nargs="+", default=[], metavar="HOST", help="of these hosts")
    which.add_argument("--module", nargs="+", default=[], metavar="NAME", help="of these daemons")
    which.add_argument("--node-type", metavar="NAME", help="Compute, Control, Analytics and so on")
    which.add_argument("--instance-id", metavar="ID", help="of this instance of the daemon")
    which.add_argument("--message-type", nargs="+", default=[], metavar="NAME", help="of these types")
    which.add_argument("--category", metavar="NAME", help="of this category")
    which.add_argument("--level", metavar="SYS_ERR", help="of this severity, or graver")
    which.add_argument("--text", metavar="TEXT", help="whose text holds this, in any case")
    which.add_argument("--trace", metavar="BUFFER", help="a daemon's trace buffer; needs --source and --module")
    which.add_argument("--limit", type=row_count, metavar="N", help="show no more lines than these")


def _add_objects(parser: argparse.ArgumentParser) -> None:
    objects = parser.add_argument_group("what was said of objects")
    objects.add_argument("--object-type", metavar="TYPE", help="virtual-network, vrouter, config and so on")
    objects.add_argument("--object-id", metavar="NAME", help="of this object")
    objects.add_argument("--object-select-field", choices=("ObjectLog", "SystemLog"), help="only these messages (both)")
    objects.add_argument("--object-values", action="store_true", help="only the names of the objects")
    objects.add_argument("--message-types", action="store_true", help="only the types of messages that there were")


def _add_output(parser: argparse.ArgumentParser) -> None:
    how = parser.add_argument_group("how")
    how.add_argument("--reverse", action="store_true", help="newest first")
    how.add_argument("--raw", action="store_true", help="the XML instead of words")
    how.add_argument("--json", action="store_true", help="a JSON array of rows")
    how.add_argument("-f", "--tail", action="store_true", help="go on showing what comes, until interrupted")
    how.add_argument("-o", "--output-file", type=Path, metavar="FILE", help="write there instead of stdout")
    how.add_argument("--send-syslog", action="store_true", help="send the lines to a syslog server instead")
    how.add_argument("--syslog-server", default="localhost", metavar="HOST", help="that server (localhost)")
    how.add_argument("--syslog-port", type=int, default=514, metavar="PORT", help="its UDP port (514)")
    how.add_argument("--verbose", action="store_true", help="say on stderr which query is asked")


def row_count(text: str) -> int:
    """Return a number of rows. Raises what argparse shows."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of lines")
    return int(text)
