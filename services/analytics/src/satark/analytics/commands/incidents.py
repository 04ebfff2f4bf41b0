"""`satark incidents`: its arguments, and what it does."""

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from satark.analytics.commands import incident_lines
from satark.analytics.commands.log_arguments import row_count
from satark.analytics.commands.output import write_csv, write_json, write_table
from satark.analytics.commands.running import API_GROUPS, STATUSES, add_server, asking
from satark.analytics.commands.times import instant
from satark.analytics.commands.usage import UsageError

if TYPE_CHECKING:
    from satark.analytics.commands.api import Api

PATH = "/v1/incidents"
DEFAULT_LIMIT = 200
SEVERITIES = ("critical", "major", "minor", "warning")

EPILOG = f"""\
`satark incidents` lists what is open, `satark incidents INCIDENT` tells one incident's story, and
`satark incidents ack INCIDENT` says that you look after it: it ends nothing, but others know.

examples:
  satark incidents
  satark incidents --state all --start-time now-7d --label isp='BT*' --csv
  satark incidents ack 5b1c9e... --comment 'ticket 4711 with the provider'

{STATUSES}"""


class IncidentsCommand:
    """Shows incidents, or acknowledges one."""

    help = "show incidents with their story, or say that you look after one"
    groups = API_GROUPS

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        add_server(parser)
        parser.epilog = EPILOG
        parser.add_argument("words", nargs="*", metavar="INCIDENT", help="which incident (a list), or: ack INCIDENT")
        parser.add_argument("--comment", default="", metavar="TEXT", help="with ack: what others should know")
        which = parser.add_argument_group("which incidents are listed")
        which.add_argument("--state", choices=("open", "resolved", "all"), default="open", help="(open)")
        which.add_argument("--severity", nargs="+", choices=SEVERITIES, default=[], help="of these severities")
        which.add_argument("--label", nargs="+", default=[], metavar="NAME=VALUE", help="whose labels are these")
        which.add_argument("--entity", metavar="KEY", help="of this entity")
        which.add_argument("--start-time", metavar="TIME", help="opened since then")
        which.add_argument("--end-time", metavar="TIME", help="opened before then")
        which.add_argument("--limit", type=row_count, default=DEFAULT_LIMIT, metavar="N", help=f"({DEFAULT_LIMIT})")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="write JSON")
        form.add_argument("--csv", action="store_true", help="write the list as CSV")

    def run(self, args: argparse.Namespace) -> int:
        """Show or acknowledge; return the exit status."""
        return asking("incidents", args.url, lambda api: _incidents(api, args))


def parameters_of(args: argparse.Namespace, now: datetime) -> dict[str, Any]:
    """Return the parameters of the list. Raises UsageError."""
    found: dict[str, Any] = {}
    if args.state != "all":
        found["state"] = args.state
    if args.severity:
        found["severity"] = args.severity
    for label in args.label:
        if "=" not in label:
            raise UsageError(f"--label {label!r} is not NAME=VALUE")
    if args.label:
        found["label"] = args.label
    if args.entity:
        found["entity"] = args.entity
    for name, text in (("start", args.start_time), ("end", args.end_time)):
        if text:
            time_us = instant(text, now=now, zone=None, what=f"--{name}-time")
            found[name] = datetime.fromtimestamp(time_us / 1_000_000, UTC).isoformat()
    return found


def _incidents(api: "Api", args: argparse.Namespace) -> int:
    match args.words:
        case []:
            return _list(api, args)
        case ["ack", incident]:
            event = api.post(f"{PATH}/{quote(incident, safe='')}/acknowledge", {"comment": args.comment})
            print(f"seen by {event.get('by', '')}")  # noqa: T201 - the answer
            return 0
        case [incident] if incident != "ack":
            return _story(api, incident, as_json=args.json)
    raise UsageError("satark incidents [INCIDENT], or satark incidents ack INCIDENT")


def _list(api: "Api", args: argparse.Namespace) -> int:
    from satark.analytics.commands.paging import every  # noqa: PLC0415 - requests is costly

    now = datetime.now(UTC)
    found = every(api, PATH, "incidents", parameters_of(args, now), most=args.limit)
    if args.json:
        write_json(found, sys.stdout)
        return 0
    rows = (incident_lines.row(incident, now=now, zone=None) for incident in found)
    if args.csv:
        write_csv(rows, sys.stdout)
    else:
        write_table(rows, sys.stdout)
    return 0


def _story(api: "Api", incident: str, *, as_json: bool) -> int:
    path = f"{PATH}/{quote(incident, safe='')}"
    told = api.get(path)
    if as_json:
        write_json([told], sys.stdout)
        return 0
    for line in incident_lines.story(told, api.get(f"{path}/explain"), zone=None):
        print(line)  # noqa: T201 - the answer
    return 0


command = IncidentsCommand()
