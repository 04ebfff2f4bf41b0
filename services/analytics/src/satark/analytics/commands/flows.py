"""`satark flows`: its arguments, and what it does."""

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from satark.analytics.commands.flow_lines import COLUMNS, PROTOCOLS, TUNNEL_COLUMNS, flow
from satark.analytics.commands.log_arguments import add_times, asked_span, row_count
from satark.analytics.commands.output import write_json
from satark.analytics.commands.running import API_GROUPS, STATUSES, add_server, asking
from satark.analytics.commands.stats import say_query
from satark.analytics.commands.terms import Term, named, term
from satark.analytics.commands.times import Span
from satark.analytics.commands.usage import UsageError

if TYPE_CHECKING:
    from satark.analytics.commands.api import Api

EPILOG = f"""\
examples:
  satark flows --last 10m --vrouter a6s40
  satark flows --source-vn default-domain:admin:vn1 --source-ip 10.1.1.3 --protocol tcp --destination-port 80

{STATUSES}"""

_COMPANIONS = (
    ("source_ip", "source_vn", "Please provide --source-vn in addition to --source-ip"),
    ("destination_ip", "destination_vn", "Please provide --destination-vn in addition to --destination-ip"),
    ("source_port", "protocol", "Please provide --protocol in addition to --source-port"),
    ("destination_port", "protocol", "Please provide --protocol in addition to --destination-port"),
)
"""An option, the one it is nothing without, and what is said when that is missing."""

_WHERE = (
    ("vrouter", "vrouter"),
    ("source_vn", "sourcevn"),
    ("source_ip", "sourceip"),
    ("destination_vn", "destvn"),
    ("destination_ip", "destip"),
    ("protocol", "protocol"),
    ("source_port", "sport"),
    ("destination_port", "dport"),
)
_FILTERS = (
    ("action", "action"),
    ("vrouter_ip", "vrouter_ip"),
    ("other_vrouter_ip", "other_vrouter_ip"),
    ("vmi", "vmi"),
)


class FlowsCommand:
    """Shows flows."""

    help = "show the flows that vrouters saw, a line each"
    groups = API_GROUPS

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        add_server(parser)
        parser.epilog = EPILOG
        parser.add_argument("--vrouter", metavar="HOST", help="seen by this vrouter")
        for side in ("source", "destination"):
            parser.add_argument(f"--{side}-vn", metavar="NAME", help=f"{side} virtual network")
            parser.add_argument(f"--{side}-ip", metavar="ADDRESS", help=f"{side} address; needs --{side}-vn")
            parser.add_argument(f"--{side}-port", type=int, metavar="PORT", help=f"{side} port; needs --protocol")
        parser.add_argument("--protocol", type=protocol, metavar="NAME", help="tcp, udp, icmp, igmp or a number")
        parser.add_argument("--direction", choices=("ingress", "egress"), default="ingress", help="(ingress)")
        parser.add_argument("--action", metavar="NAME", help="pass, deny and so on")
        parser.add_argument("--vrouter-ip", metavar="ADDRESS", help="the vrouter's address")
        parser.add_argument("--other-vrouter-ip", metavar="ADDRESS", help="the other vrouter's address")
        parser.add_argument("--vmi", metavar="NAME", help="virtual machine interface")
        parser.add_argument("--tunnel-info", action="store_true", help="show the tunnel too")
        parser.add_argument("--limit", type=row_count, metavar="N", help="show no more flows than these")
        parser.add_argument("--json", action="store_true", help="write a JSON array of rows")
        parser.add_argument("--verbose", action="store_true", help="say on stderr which query is asked")
        add_times(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Show them; return the exit status."""
        return asking("flows", args.url, lambda api: _flows(api, args))


def protocol(text: str) -> int:
    """Return the number of a protocol. Raises what argparse shows."""
    number = PROTOCOLS.get(text.lower())
    if number is None and text.isascii() and text.isdigit() and int(text) <= 255:  # noqa: PLR2004 - a byte
        number = int(text)
    if number is None:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(PROTOCOLS)}, nor a number up to 255")
    return number


def flows_query(args: argparse.Namespace, asked: Span) -> dict[str, Any]:
    """Return the query that the arguments mean. Raises UsageError where one is nothing without another."""
    for option, companion, sentence in _COMPANIONS:
        if getattr(args, option) is not None and getattr(args, companion) is None:
            raise UsageError(sentence)
    query: dict[str, Any] = {
        "table": "FlowRecordTable",
        "start_time": asked.start_us,
        "end_time": asked.end_us,
        "select_fields": [*COLUMNS, *(TUNNEL_COLUMNS if args.tunnel_info else ())],
        "dir": 1 if args.direction == "ingress" else 0,
    }
    if conditions := list(_terms(args, _WHERE)):
        query["where"] = [conditions]
    if filters := list(_terms(args, _FILTERS)):
        query["filter"] = filters
    if args.limit is not None:
        query["limit"] = args.limit
    return query


def _terms(args: argparse.Namespace, columns: tuple[tuple[str, str], ...]) -> Iterator[Term]:
    for option, column in columns:
        value = getattr(args, option)
        if value is not None:
            yield named(column, value) if isinstance(value, str) else term(column, value)


def _flows(api: "Api", args: argparse.Namespace) -> int:
    query = flows_query(args, asked_span(args))
    say_query(args, query)
    rows = api.query(query)
    if args.json:
        write_json(rows, sys.stdout)
        return 0
    for row in rows:
        print(flow(row, zone=None, tunnel=args.tunnel_info))  # noqa: T201 - the answer
    return 0


command = FlowsCommand()
