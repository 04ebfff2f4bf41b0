"""What a file of routes may hold, member by member: Alertmanager's words, and a few of ours. Pure."""

from collections.abc import Mapping
from typing import Any

from satark.notifier.routing.calendars import INTERVAL, MAX_INTERVALS
from satark.notifier.routing.matchers import MAX_MATCHER_CHARS, Matcher, parsed
from satark.notifier.routing.model import TELL_ON
from satark.notifier.routing.receiver_form import RECEIVER
from satark.notifier.routing.references import INTERVAL_NAME, RECEIVER_NAME
from satark.runtime.documents import Bounds, Node
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import Again, Many, Member, Scalar, Table
from satark.runtime.documents.values import choice, duration, flag, text

BOUNDS = Bounds(max_bytes=1_000_000, max_depth=32, max_nodes=50_000)
MAX_RECEIVERS = 500
MAX_ROUTES = 500
MAX_MATCHERS = 50
MAX_NAMES = 100

EACH = "..."
"""In group_by: each incident by itself."""

Found = Mapping[str, Any]
"""What is right in a file or a part of it, by the names of the members that are given."""

_DAY_S = 86_400
_YEAR_S = 366 * _DAY_S
_LABEL_NAME = r"[a-zA-Z_][a-zA-Z0-9_.]{0,127}"


def _matchers(node: Node) -> tuple[Node, tuple[Matcher, ...]]:
    return node, parsed(node.text)


def _group_by(found: tuple[str, ...], node: Node, mistakes: Mistakes) -> None:
    if EACH in found and len(found) > 1:
        mistakes.wrong(node, f"{EACH} stands for every label; nothing else may stand beside it")
    if len(set(found)) < len(found):
        mistakes.wrong(node, "names a label twice")


def _route(found: dict[str, Any], node: Node, mistakes: Mistakes) -> None:
    if "group_by" in found:
        _group_by(found["group_by"], node.fields["group_by"], mistakes)
    if len(set(found.get("tell_on", ()))) < len(found.get("tell_on", ())):
        mistakes.wrong(node.fields["tell_on"], "names something twice")


_receivers = Many(RECEIVER_NAME, MAX_NAMES, or_one=True)
_intervals = Many(INTERVAL_NAME, MAX_NAMES, or_one=True, least=0)
_labels = text("the name of a label such as site", most=128, pattern=rf"{_LABEL_NAME}|\.\.\.")
_matcher = Scalar(
    'a matcher such as severity="critical" or site=~"Oslo|London"',
    _matchers,
    {"type": "string", "maxLength": MAX_MATCHER_CHARS},
)
_some_matchers = Many(_matcher, MAX_MATCHERS, or_one=True)

ESCALATION = Table(
    {
        "after": Member(duration(60, 30 * _DAY_S), "How long nobody has acknowledged it.", required=True),
        "to": Member(_receivers, "Receivers that are told then, too.", required=True),
    }
)
_route_members: dict[str, Member] = {
    "receiver": Member(RECEIVER_NAME, "Who is told; without it as the route above."),
    "matchers": Member(
        Many(_matcher, MAX_MATCHERS, or_one=True, least=0), "What it takes; all must hold. Without any, everything."
    ),
    "continue": Member(flag(), "Whether the routes after it are looked at too."),
    "group_by": Member(Many(_labels, MAX_NAMES, or_one=True, least=0), "Labels whose incidents are told together."),
    "group_wait": Member(duration(0, _DAY_S), "How long the first incident of a group waits for others."),
    "group_interval": Member(duration(1, 7 * _DAY_S), "How long news of a group that was told are gathered."),
    "repeat_interval": Member(duration(0, _YEAR_S), "After which time what lasts is told again; 0: never."),
    "mute_time_intervals": Member(_intervals, "Times in which it tells nothing; it is told after them."),
    "active_time_intervals": Member(_intervals, "The only times in which it tells."),
    "tell_on": Member(Many(choice(TELL_ON), len(TELL_ON), or_one=True), "Which events are told."),
    "escalate": Member(Many(ESCALATION, 20, or_one=True, least=0), "Whom else to tell when nobody acknowledges."),
}
ROUTE = Table(_route_members, _route)
_route_members["routes"] = Member(
    Many(Again("route", lambda: ROUTE), MAX_ROUTES, least=0),
    "Routes below it; the first that takes an incident counts.",
)

TIME_INTERVAL = Table(
    {
        "name": Member(INTERVAL_NAME, "What routes call it.", required=True),
        "time_intervals": Member(Many(INTERVAL, MAX_INTERVALS), "One of these must hold.", required=True),
    }
)
INHIBITION = Table(
    {
        "source_matchers": Member(_some_matchers, "What keeps others from being told while it lasts.", required=True),
        "target_matchers": Member(_some_matchers, "What is not told meanwhile.", required=True),
        "equal": Member(
            Many(text("the name of a label", most=128, pattern=_LABEL_NAME), MAX_NAMES, or_one=True, least=0),
            "Labels that must be the same on both.",
        ),
    }
)
HEARTBEAT = Table(
    {
        "receivers": Member(_receivers, "Who gets a sign of life.", required=True),
        "every": Member(duration(60, 31 * _DAY_S), "How often; without it 24h."),
    }
)
FILE = Table(
    {
        "route": Member(ROUTE, "The root of the tree: it takes everything.", required=True),
        "receivers": Member(Many(RECEIVER, MAX_RECEIVERS), "Who can be told.", required=True),
        "time_intervals": Member(Many(TIME_INTERVAL, MAX_INTERVALS, least=0), "Times that routes name."),
        "inhibit_rules": Member(Many(INHIBITION, MAX_ROUTES, least=0), "What keeps what from being told."),
        "heartbeat": Member(HEARTBEAT, "Signs of life."),
    }
)


def schema() -> dict[str, Any]:
    """Return the JSON schema of a file of routes."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Notification routes of Satark"}
    return head | FILE.schema() | {"$defs": {"route": ROUTE.schema()}}
