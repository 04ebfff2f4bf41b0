"""`satark logs`: its arguments, and what it does."""

import argparse
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from satark.analytics.commands import log_arguments, log_lines
from satark.analytics.commands.colours import for_eyes, wanted
from satark.analytics.commands.log_arguments import asked_span
from satark.analytics.commands.log_query import LogSelection, log_query, message_types_query, object_values_query
from satark.analytics.commands.output import output, write_json
from satark.analytics.commands.running import API_GROUPS, STATUSES, add_server, asking
from satark.analytics.commands.tail import POLL_S, Tail
from satark.analytics.commands.times import microseconds
from satark.analytics.commands.usage import UsageError

if TYPE_CHECKING:
    from satark.analytics.commands.api import Api

EPILOG = f"""\
Names may end with *, which stands for any rest. Several values of one option are alternatives; options narrow each other.
Times: now, now-10m (s, m, h, d), microseconds since 1970, or local time as '2026 Jan 05 10:00:00.0'.

examples:
  satark logs --last 1h --level SYS_ERR
  satark logs --source a6s40 --module contrail-control --message-type 'Bgp*' --tail
  satark logs --object-type virtual-network --object-id 'default-domain:admin:*' --last 1d
  satark logs --source a6s40 --module contrail-control --trace BgpTraceBuf --last 1h

{STATUSES}"""

Row = dict[str, Any]
Line = Callable[[Row], str]


class LogsCommand:
    """Shows what daemons and orchestrators said."""

    help = "search the logs of daemons, of objects and of orchestrators, or follow them"
    groups = API_GROUPS

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        add_server(parser)
        parser.epilog = EPILOG
        log_arguments.configure(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Show them; return the exit status."""
        return asking("logs", args.url, lambda api: _logs(api, args))


def selection_of(args: argparse.Namespace) -> LogSelection:
    """Return what is asked for. Raises UsageError where arguments do not go together."""
    if args.tail and (args.reverse or args.send_syslog or args.start_time or args.end_time or args.last):
        raise UsageError("--tail goes on from now: it takes no time, no --reverse and no --send-syslog")
    if args.tail and (args.object_values or args.message_types or args.limit is not None):
        raise UsageError("--tail shows messages as they come: it takes no --limit, --object-values or --message-types")
    conditions = (args.source, args.module, args.message_type, args.object_id, args.object_select_field)
    if args.object_values and (any(conditions) or args.object_type is None):
        raise UsageError("--object-values needs --object-type, and no other condition")
    selection = LogSelection(
        sources=args.source,
        modules=args.module,
        message_types=args.message_type,
        node_type=args.node_type,
        instance=args.instance_id,
        category=args.category,
        level=args.level,
        text=args.text,
        reverse=args.reverse,
        trace=args.trace,
        object_type=args.object_type,
        object_id=args.object_id,
        object_field=args.object_select_field,
    )
    selection.check()
    return selection


def _logs(api: "Api", args: argparse.Namespace) -> int:
    selection = selection_of(args)
    with output(args.output_file, append=args.tail) as out:
        if args.message_types or args.object_values:
            asked = asked_span(args)
            query = message_types_query(asked) if args.message_types else object_values_query(args.object_type, asked)
            _say_query(args, query)
            for name in sorted({str(next(iter(row.values()))) for row in api.query(query)}):
                out.write(f"{name}\n")
            return 0
        rows = _followed(api, selection) if args.tail else _found(api, selection, args)
        if args.send_syslog:
            from satark.analytics.commands import syslog  # noqa: PLC0415 - a socket, for few

            syslog.send(rows, _line(selection, args), host=args.syslog_server, port=args.syslog_port)
        elif args.json and not args.tail:
            write_json(map(log_lines.as_json, rows), out)
        else:
            line = _as_json if args.json else _line(selection, args)
            _write(rows, _for_eyes(line) if out.isatty() and not args.json else line, out)
    return 0


def _found(api: "Api", selection: LogSelection, args: argparse.Namespace) -> Iterator[Row]:
    from satark.analytics.commands.reading import read  # noqa: PLC0415 - requests is costly

    asked = asked_span(args)
    _say_query(args, log_query(selection, asked, limit=args.limit))
    return read(
        api,
        asked,
        lambda part, limit: log_query(selection, part, limit=limit),
        backwards=selection.reverse,
        limit=args.limit,
    )


def _followed(api: "Api", selection: LogSelection) -> Iterator[Row]:
    pause = threading.Event()
    tail = Tail(microseconds(datetime.now(UTC)))
    while True:
        now_us = microseconds(datetime.now(UTC))
        yield from tail.fresh(api.query(log_query(selection, tail.span(now_us))), now_us)
        pause.wait(POLL_S)


def _write(rows: Iterable[Row], line: Line, out: TextIO) -> None:
    for row in rows:
        out.write(f"{line(row)}\n")
        out.flush()


def _for_eyes(line: Line) -> Line:
    colours = wanted()
    return lambda row: for_eyes(line(row), row.get("Level"), colours=colours)


def _line(selection: LogSelection, args: argparse.Namespace) -> Line:
    if selection.object_type is not None:
        return lambda row: log_lines.object_log(row, zone=None, raw=args.raw)
    if selection.trace is not None:
        return lambda row: log_lines.trace(row, zone=None, raw=args.raw)
    return lambda row: log_lines.message(row, zone=None, raw=args.raw)


def _as_json(row: Row) -> str:
    import msgspec  # noqa: PLC0415 - only for this form

    return msgspec.json.encode(log_lines.as_json(row)).decode()


def _say_query(args: argparse.Namespace, query: dict[str, Any]) -> None:
    if args.verbose:
        import msgspec  # noqa: PLC0415 - as above

        print(f"Performing query: {msgspec.json.encode(query).decode()}", file=sys.stderr)  # noqa: T201 - asked for


command = LogsCommand()
