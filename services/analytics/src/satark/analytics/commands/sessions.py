"""`satark sessions`: its arguments, and what it does."""

import argparse
from typing import TYPE_CHECKING, Any

from satark.analytics.commands import grammar
from satark.analytics.commands.log_arguments import add_times, asked_span
from satark.analytics.commands.running import API_GROUPS, STATUSES, add_server, asking
from satark.analytics.commands.stats import add_form, add_order, order_of, say_query, write
from satark.analytics.commands.times import Span

if TYPE_CHECKING:
    from satark.analytics.commands.api import Api

SERIES, RECORDS = "SessionSeriesTable", "SessionRecordTable"
DEFAULT_SELECT = {
    SERIES: (
        "T=60",
        "vn",
        "remote_vn",
        "protocol",
        "server_port",
        "SUM(forward_logged_bytes)",
        "SUM(reverse_logged_bytes)",
    ),
    RECORDS: ("vn", "local_ip", "remote_vn", "remote_ip", "protocol", "server_port", "client_port", "forward_action"),
}

EPILOG = f"""\
--where is as for `satark stats`; --filter is a comma list of a=regex, a!=v, a<=n and a>=n, which must all hold.

examples:
  satark sessions --last 10m
  satark sessions --session-type server --where protocol=6 --filter 'SUM(forward_logged_bytes)>=1000'
  satark sessions --table SessionRecordTable --select vn remote_ip client_port --where 'labels CONTAINS label=web'

{STATUSES}"""


class SessionsCommand:
    """Asks the traffic between end points."""

    help = "ask the traffic that vrouters export: who talked with whom, how much"
    groups = API_GROUPS

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        add_server(parser)
        parser.epilog = EPILOG
        parser.add_argument("--table", choices=(SERIES, RECORDS), default=SERIES, help=f"sums or flows ({SERIES})")
        parser.add_argument(
            "--session-type", choices=("client", "server"), default="client", help="whose view (client)"
        )
        parser.add_argument("--is-service-instance", action="store_true", help="end points that are service instances")
        parser.add_argument("--select", nargs="+", default=[], metavar="COLUMN", help="what to show")
        parser.add_argument("--where", nargs="+", default=[], metavar="TERM", help="only sessions for which these hold")
        parser.add_argument("--filter", nargs="+", default=[], metavar="TERM", help="only rows for which these hold")
        add_order(parser)
        add_times(parser)
        add_form(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Ask; return the exit status."""
        return asking("sessions", args.url, lambda api: _sessions(api, args))


def sessions_query(args: argparse.Namespace, asked: Span) -> dict[str, Any]:
    """Return the query that the arguments mean. Raises UsageError."""
    query: dict[str, Any] = {
        "table": args.table,
        "start_time": asked.start_us,
        "end_time": asked.end_us,
        "select_fields": args.select or list(DEFAULT_SELECT[args.table]),
        "session_type": args.session_type,
        "is_service_instance": int(args.is_service_instance),
    }
    if args.where:
        query["where"] = grammar.where(args.where)
    if args.filter:
        query["filter"] = grammar.filters(args.filter)
    return query | order_of(args)


def _sessions(api: "Api", args: argparse.Namespace) -> int:
    query = sessions_query(args, asked_span(args))
    say_query(args, query)
    write(api.query(query), args)
    return 0


command = SessionsCommand()
