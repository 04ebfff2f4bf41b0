"""`satark silence`: its arguments, and what it does."""

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from satark.analytics.commands import incident_lines
from satark.analytics.commands.output import write_json, write_table
from satark.analytics.commands.running import API_GROUPS, STATUSES, add_server, asking
from satark.analytics.commands.usage import UsageError

if TYPE_CHECKING:
    from satark.analytics.commands.api import Api

PATH = "/v1/silences"
MOST = 1_000

EPILOG = f"""\
A silence keeps the notifier quiet about every incident that all its matchers hold for: NAME=PATTERN or NAME!=PATTERN,
where NAME is a label (edge, link, isp, site ...) or entity, kind, severity, incident, and * in PATTERN is any text.

examples:
  satark silence                                     lists those that hold or will
  satark silence add site=London --for 2h --comment 'power works'
  satark silence add isp='BT*' severity!=critical --for 1d
  satark silence end 8c1f...

{STATUSES}"""

_LENGTH = re.compile(r"(\d{1,6})([mhd])", re.ASCII)
_UNITS_S = {"m": 60, "h": 3600, "d": 86_400}
_MATCHER = re.compile(r"([^=!]+)(!?=)(.*)", re.DOTALL)


class SilenceCommand:
    """Lists, adds and ends silences."""

    help = "keep the notifier quiet about something for a while"
    groups = API_GROUPS

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        add_server(parser)
        parser.epilog = EPILOG
        parser.add_argument(
            "words", nargs="*", metavar="WORD", help="nothing (a list), add MATCHER ..., or end SILENCE"
        )
        parser.add_argument("--for", dest="length", metavar="2h", help="with add: how long (m, h, d)")
        parser.add_argument("--comment", default="", metavar="TEXT", help="with add: why")
        parser.add_argument("--all", action="store_true", help="list those that are over too")
        parser.add_argument("--json", action="store_true", help="write JSON")

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit status."""
        return asking("silence", args.url, lambda api: _silence(api, args))


def silence_of(matchers: list[str], length: str | None, comment: str) -> dict[str, Any]:
    """Return what is asked of the API. Raises UsageError."""
    match = _LENGTH.fullmatch(length or "")
    if match is None:
        raise UsageError("--for says how long, as in 30m, 2h or 1d")
    return {
        "matchers": [_matcher(text) for text in matchers],
        "duration_s": int(match[1]) * _UNITS_S[match[2]],
        "comment": comment,
    }


def _matcher(text: str) -> dict[str, Any]:
    match = _MATCHER.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is neither NAME=PATTERN nor NAME!=PATTERN")
    return {"name": match[1], "pattern": match[3], "negated": match[2] == "!="}


def _silence(api: "Api", args: argparse.Namespace) -> int:
    match args.words:
        case []:
            return _list(api, args)
        case ["add", _, *_]:
            told = api.post(PATH, silence_of(args.words[1:], args.length, args.comment))
        case ["end", silence]:
            told = api.delete(f"{PATH}/{quote(silence, safe='')}")
        case _:
            raise UsageError("satark silence, satark silence add MATCHER ... --for 2h, or satark silence end SILENCE")
    if args.json:
        write_json([told], sys.stdout)
    else:
        write_table([incident_lines.silence_row(told, zone=None)], sys.stdout)
    return 0


def _list(api: "Api", args: argparse.Namespace) -> int:
    from satark.analytics.commands.paging import every  # noqa: PLC0415 - requests is costly

    found = every(api, PATH, "silences", {}, most=MOST)
    wanted = (told for told in found if args.all or told["state"] != "expired")
    if args.json:
        write_json(wanted, sys.stdout)
    else:
        write_table((incident_lines.silence_row(told, zone=None) for told in wanted), sys.stdout)
    return 0


command = SilenceCommand()
