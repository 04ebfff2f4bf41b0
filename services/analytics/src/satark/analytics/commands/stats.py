"""`satark stats`: its arguments, and what it does."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from satark.analytics.commands import grammar
from satark.analytics.commands.log_arguments import add_times, asked_span, row_count
from satark.analytics.commands.output import cell, write_csv, write_json, write_table
from satark.analytics.commands.running import API_GROUPS, STATUSES, add_server, asking
from satark.analytics.commands.terms import Op, term
from satark.analytics.commands.times import Span, shown
from satark.analytics.commands.usage import UsageError

if TYPE_CHECKING:
    from satark.analytics.commands.api import Api

PREFIX = "StatTable."
_TIMES = frozenset(("T", "T="))

EPILOG = f"""\
Without --table the tables are listed; without --select a table's columns are.
Columns: a column's name, T (the time), T=60 (by the minute), and SUM, COUNT, MIN, MAX, AVG, PERCENTILES, COUNT_DISTINCT
of one in parentheses. A shell wants quotes around those.
--where: a=v, a=v* (begins with), a=1<5 (from 1 to 5), 'a|b=x|y' (a = x and b = y), 'a CONTAINS v', joined by AND and OR
and grouped by parentheses; several --where must all hold. Without one all sources are meant.

examples:
  satark stats
  satark stats --table NodeStatus.process_mem_cpu_usage
  satark stats --table NodeStatus.process_mem_cpu_usage --last 1h --where name=a6s40 \\
    --select T=60 process_mem_cpu_usage.__key 'AVG(process_mem_cpu_usage.cpu_share)' 'COUNT(process_mem_cpu_usage)'

{STATUSES}"""

Query = dict[str, Any]


class StatsCommand:
    """Asks statistics tables."""

    help = "ask the statistics of daemons: by table, column, condition and time"
    groups = API_GROUPS

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        add_server(parser)
        parser.epilog = EPILOG
        parser.add_argument(
            "--table", "--dtable", metavar="STRUCT.ATTRIBUTE", help="which table; without one, list all"
        )
        parser.add_argument("--select", nargs="+", default=[], metavar="COLUMN", help="what to show")
        parser.add_argument("--where", nargs="+", default=[], metavar="TERM", help="only samples for which these hold")
        add_order(parser)
        add_times(parser)
        add_form(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Ask; return the exit status."""
        return asking("stats", args.url, lambda api: _stats(api, args))


def add_form(parser: argparse.ArgumentParser) -> None:
    """Add the options for how rows are written."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="write a JSON array of rows")
    form.add_argument("--csv", action="store_true", help="write CSV")
    parser.add_argument("--verbose", action="store_true", help="say on stderr which query is asked")


def stats_query(args: argparse.Namespace, asked: Span) -> Query:
    """Return the query that the arguments mean. Raises UsageError."""
    if args.sort and not set(args.sort) <= set(args.select):
        raise UsageError("--sort names a column that --select does not")
    query: Query = {
        "table": full_name(args.table),
        "start_time": asked.start_us,
        "end_time": asked.end_us,
        "select_fields": args.select,
        "where": grammar.where(args.where) if args.where else [[term("Source", "", Op.PREFIX)]],
    }
    return query | order_of(args)


def add_order(parser: argparse.ArgumentParser) -> None:
    """Add the options for which rows come first, and how many."""
    parser.add_argument("--sort", nargs="+", default=[], metavar="COLUMN", help="order by these")
    parser.add_argument("--descending", action="store_true", help="the greatest first")
    parser.add_argument("--limit", type=row_count, metavar="N", help="show no more rows than these")


def order_of(args: argparse.Namespace) -> Query:
    """Return the members of a query that say in which order rows come, and how many."""
    found: Query = {}
    if args.sort or args.descending:
        found["sort"] = 2 if args.descending else 1
    if args.sort:
        found["sort_fields"] = args.sort
    if args.limit is not None:
        found["limit"] = args.limit
    return found


def full_name(table: str) -> str:
    """Return a table's name, which begins with StatTable."""
    return table if table.startswith(PREFIX) else PREFIX + table


def schema_lines(schema: Mapping[str, Any]) -> Iterable[str]:
    """Yield a line for each column of a table: `name [suffixes] : datatype`, and whether --where may name it."""
    for column in schema.get("columns", ()):
        suffixes = " ".join(column.get("suffixes") or ())
        shown = f" [{suffixes}]" if suffixes else ""
        index = " (--where)" if column.get("index") else ""
        yield f"{column['name']}{shown} : {column['datatype']}{index}"


def write(rows: Iterable[dict[str, Any]], args: argparse.Namespace) -> None:
    """Write rows in the form that was asked for."""
    if args.json:
        write_json(rows, sys.stdout)
    elif args.csv:
        write_csv(rows, sys.stdout)
    else:
        write_table(map(readable, rows), sys.stdout)


def readable(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row for a person's eyes: times as local time instead of microseconds."""
    return {
        name: shown(value, None) if name in _TIMES and isinstance(value, int) else value for name, value in row.items()
    }


def say_query(args: argparse.Namespace, query: Query) -> None:
    """Say which query is asked, when that was asked for."""
    if args.verbose:
        print(f"Performing query: {cell(query)}", file=sys.stderr)  # noqa: T201 - asked for


def _stats(api: "Api", args: argparse.Namespace) -> int:
    if not args.table:
        if args.select or args.where:
            raise UsageError("--table is missing; without arguments the tables are listed")
        write(_tables(api.get("/analytics/tables")), args)
        return 0
    if not args.select:
        return _schema(api, args)
    query = stats_query(args, asked_span(args))
    say_query(args, query)
    write(api.query(query), args)
    return 0


def _schema(api: "Api", args: argparse.Namespace) -> int:
    schema = api.get(f"/analytics/table/{full_name(args.table)}/schema")
    if not schema or not schema.get("columns"):
        raise UsageError(
            f"--table {args.table}: no daemon has sent such statistics; `satark stats` lists what there is"
        )
    if args.json or args.csv:
        write(schema["columns"], args)
        return 0
    for line in schema_lines(schema):
        print(line)  # noqa: T201 - the answer
    return 0


def _tables(tables: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for table in tables:
        if table.get("type") == "STAT":
            yield {"table": str(table["name"]).removeprefix(PREFIX), "what": table.get("display_name") or ""}


command = StatsCommand()
