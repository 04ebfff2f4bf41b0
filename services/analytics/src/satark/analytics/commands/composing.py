"""The query that a command line means, without asking it: what `satark logs` and its like would send. Pure but for the clock."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, Protocol

from satark.analytics.commands import flows, logs, sessions, stats
from satark.analytics.commands.flows import flows_query
from satark.analytics.commands.log_arguments import asked_span
from satark.analytics.commands.log_query import log_query
from satark.analytics.commands.logs import selection_of
from satark.analytics.commands.sessions import sessions_query
from satark.analytics.commands.stats import stats_query
from satark.analytics.commands.usage import UsageError

Query = dict[str, Any]


class _Configures(Protocol):
    def configure(self, parser: argparse.ArgumentParser) -> None: ...


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with arguments to its caller, and never ends the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


COMMANDS: Mapping[str, _Configures] = {
    "logs": logs.command,
    "stats": stats.command,
    "flows": flows.command,
    "sessions": sessions.command,
}


def query_of(arguments: Sequence[str]) -> Query:
    """Return the query of a command line, its name first. Raises UsageError for one that makes none."""
    name, *rest = arguments or ("",)
    command = COMMANDS.get(name)
    if command is None:
        raise UsageError(f"{name[:64]!r} is none of {', '.join(COMMANDS)}")
    parser = _Parser(prog=f"satark {name}", add_help=False, allow_abbrev=False)
    command.configure(parser)
    return _query(name, parser.parse_args(rest))


def _query(name: str, args: argparse.Namespace) -> Query:
    asked = asked_span(args)
    match name:
        case "logs":
            return log_query(selection_of(args), asked, limit=args.limit)
        case "flows":
            return flows_query(args, asked)
        case "sessions":
            return sessions_query(args, asked)
    if not args.table or not args.select:
        raise UsageError("--table and --select are needed: satark stats lists tables, and the columns of one")
    return stats_query(args, asked)
