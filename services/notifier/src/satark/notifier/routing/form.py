"""What a file of routes may hold, member by member: Alertmanager's words, and a few of ours. Pure.

What names something else in the file (a receiver, a time interval) is read as its node, which knows its place: whether
there is such a thing is known only at the end.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from satark.notifier.mail.addresses import mailbox
from satark.notifier.routing.calendars import INTERVAL, MAX_INTERVALS
from satark.notifier.routing.matchers import MAX_MATCHER_CHARS, Matcher, parsed
from satark.notifier.routing.model import TELL_ON
from satark.runtime.documents import Bounds, Node
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import WRONG, Again, Many, Member, Scalar, Table
from satark.runtime.documents.values import choice, duration, flag, text, whole
from satark.runtime.secret import Secret

BOUNDS = Bounds(max_bytes=1_000_000, max_depth=32, max_nodes=50_000)
MAX_RECEIVERS = 500
MAX_CONFIGS = 50
MAX_ROUTES = 500
MAX_MATCHERS = 50
MAX_NAMES = 100
MAX_URL_CHARS = 2000

EACH = "..."
"""In group_by: each incident by itself."""

WEB_URL = "a URL that begins with https:// or http://"

_DAY_S = 86_400
_YEAR_S = 366 * _DAY_S
_LABEL_NAME = r"[a-zA-Z_][a-zA-Z0-9_.]{0,127}"
_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s\"']+", re.IGNORECASE)
_SECRET = re.compile(
    r"((?:secret|password|token|credentials|key|url)(?!\w*_file\b)\w*[\"']?\s*:\s*)\S.*", re.IGNORECASE
)


def hidden(line: str) -> str:
    """Return a line of such a file without what may be a secret: URLs, passwords, keys."""
    return _SECRET.sub(r"\1…", _URL.sub(r"\1…", line))


@dataclass(frozen=True, slots=True)
class Unshown:
    """A shape whose value is not shown when it is wrong: it may be a secret."""

    shape: Scalar

    @property
    def words(self) -> str:
        """What is expected."""
        return self.shape.words

    def read(self, node: Node, mistakes: Mistakes) -> Any:
        """Return the value, or WRONG after noting that it is."""
        if not isinstance(node.value, list | dict | None):
            with suppress(ValueError):
                return self.shape.parse(node)
        mistakes.wrong(node, f"expected {self.words}")
        return WRONG

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema."""
        return self.shape.schema()


def _mailbox(node: Node) -> str:
    return mailbox(node.text).addr_spec


def url(text: str) -> Secret:
    """Return a URL. Raises ValueError, which does not hold it, for what is none: it may be a secret."""
    try:
        parts = urlsplit(text)
        is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_right = False
    if not is_right or len(text) > MAX_URL_CHARS or not text.isprintable() or " " in text:
        raise ValueError
    return Secret(text)


def _matchers(node: Node) -> tuple[Node, tuple[Matcher, ...]]:
    return node, parsed(node.text)


def _reference(words: str) -> Scalar:
    """Return the shape of a name of something else in the file; its value is the node."""

    def parse(node: Node) -> Node:
        if not node.text:
            raise ValueError
        return node

    return Scalar(words, parse, {"type": "string"})


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


def _webhook(_found: dict[str, Any], node: Node, mistakes: Mistakes) -> None:
    _either(node, "url", mistakes)


def _alertmanager(_found: dict[str, Any], node: Node, mistakes: Mistakes) -> None:
    _either(node, "url", mistakes)
    if ("username" in node.fields) != ("password_file" in node.fields):
        mistakes.wrong(node, "username and password_file belong together")


def _slack(_found: dict[str, Any], node: Node, mistakes: Mistakes) -> None:
    _either(node, "api_url", mistakes)


def _either(node: Node, name: str, mistakes: Mistakes) -> None:
    if (name in node.fields) == (f"{name}_file" in node.fields):
        mistakes.wrong(node, f"expected either {name} or {name}_file")


_name = _reference("a name")
_receiver = _reference("the name of a receiver")
_receivers = Many(_receiver, MAX_NAMES, or_one=True)
_intervals = Many(_reference("the name of a time interval"), MAX_NAMES, or_one=True, least=0)
_path = _reference("the path of a file")
_labels = text("the name of a label such as site", most=128, pattern=rf"{_LABEL_NAME}|\.\.\.")
_matcher = Scalar(
    'a matcher such as severity="critical" or site=~"Oslo|London"',
    _matchers,
    {"type": "string", "maxLength": MAX_MATCHER_CHARS},
)
_some_matchers = Many(_matcher, MAX_MATCHERS, or_one=True)
_resolved = Member(flag(), "Whether it hears of ends; it does unless this is false.")
_timeout = Member(duration(1, 300), "How long to wait for an answer; without it 10s.")
_ca_file = Member(_path, "PEM file of the CA that signed the server's certificate.")
_web_url = Unshown(Scalar(WEB_URL, lambda node: url(node.text), {"type": "string", "maxLength": MAX_URL_CHARS}))

ESCALATION = Table(
    {
        "after": Member(duration(60, 30 * _DAY_S), "How long nobody has acknowledged it.", required=True),
        "to": Member(_receivers, "Receivers that are told then, too.", required=True),
    }
)
_route_members: dict[str, Member] = {
    "receiver": Member(_receiver, "Who is told; without it as the route above."),
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

EMAIL = Table(
    {
        "to": Member(
            Many(Scalar("a mail address", _mailbox, {"type": "string"}), MAX_CONFIGS, or_one=True),
            "Who gets the mail: an address, or several.",
            required=True,
        ),
        "send_resolved": _resolved,
    }
)
WEBHOOK = Table(
    {
        "url": Member(_web_url, "Where the JSON is sent."),
        "url_file": Member(_path, "File that holds the URL, where the URL is a secret."),
        "secret_file": Member(_path, "File with the secret that signs what is sent (HMAC-SHA256)."),
        "send_resolved": _resolved,
        "max_incidents": Member(whole(0, 100_000), "How many incidents one message may hold; 0: all."),
        "timeout": _timeout,
        "ca_file": _ca_file,
    },
    _webhook,
)
ALERTMANAGER = Table(
    {
        "url": Member(_web_url, "The Alertmanager, without /api/v2."),
        "url_file": Member(_path, "File that holds the URL, where the URL is a secret."),
        "username": Member(text("a user name", most=256), "User for HTTP basic authentication."),
        "password_file": Member(_path, "File with the user's password."),
        "send_resolved": _resolved,
        "timeout": _timeout,
        "ca_file": _ca_file,
    },
    _alertmanager,
)
SLACK = Table(
    {
        "api_url": Member(_web_url, "The incoming webhook."),
        "api_url_file": Member(_path, "File that holds the URL, which is a secret."),
        "channel": Member(text("a channel such as #noc", most=100), "Where it is posted, if not where the URL says."),
        "username": Member(text("a name", most=100), "Who posts it, if not who the URL says."),
        "send_resolved": _resolved,
        "timeout": _timeout,
        "ca_file": _ca_file,
    },
    _slack,
)
CONFIGS: Mapping[str, Table] = {
    "email_configs": EMAIL,
    "webhook_configs": WEBHOOK,
    "alertmanager_configs": ALERTMANAGER,
    "slack_configs": SLACK,
}


def _receiver_tells(_found: dict[str, Any], node: Node, mistakes: Mistakes) -> None:
    if not any(node.fields[name].items for name in CONFIGS if name in node.fields):
        mistakes.wrong(node, f"tells nobody: expected one of {', '.join(CONFIGS)}")


RECEIVER = Table(
    {
        "name": Member(_name, "What routes call it.", required=True),
        **{name: Member(Many(one, MAX_CONFIGS), f"Where it is told: {name}.") for name, one in CONFIGS.items()},
        "fallback": Member(_receiver, "Who is told instead where this one cannot be reached."),
    },
    _receiver_tells,
)
TIME_INTERVAL = Table(
    {
        "name": Member(_name, "What routes call it.", required=True),
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
