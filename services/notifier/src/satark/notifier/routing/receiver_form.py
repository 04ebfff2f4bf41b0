"""What a file of routes may hold of a receiver: one list of configs a channel, as in Alertmanager. Pure."""

from collections.abc import Mapping
from typing import Any

from satark.notifier.mail.addresses import mailbox
from satark.notifier.routing.hiding import MAX_URL_CHARS, WEB_URL, Unshown, url
from satark.notifier.routing.references import PATH, RECEIVER_NAME
from satark.runtime.documents import Node
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import Many, Member, Scalar, Table
from satark.runtime.documents.values import duration, flag, text, whole

MAX_CONFIGS = 50


def _mailbox(node: Node) -> str:
    return mailbox(node.text).addr_spec


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


_resolved = Member(flag(), "Whether it hears of ends; it does unless this is false.")
_timeout = Member(duration(1, 300), "How long to wait for an answer; without it 10s.")
_ca_file = Member(PATH, "PEM file of the CA that signed the server's certificate.")
_web_url = Unshown(Scalar(WEB_URL, lambda node: url(node.text), {"type": "string", "maxLength": MAX_URL_CHARS}))
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
        "url_file": Member(PATH, "File that holds the URL, where the URL is a secret."),
        "secret_file": Member(PATH, "File with the secret that signs what is sent (HMAC-SHA256)."),
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
        "url_file": Member(PATH, "File that holds the URL, where the URL is a secret."),
        "username": Member(
            text("a user name without a colon", most=256, pattern="[^:]+"), "User for HTTP basic authentication."
        ),
        "password_file": Member(PATH, "File with the user's password."),
        "send_resolved": _resolved,
        "timeout": _timeout,
        "ca_file": _ca_file,
    },
    _alertmanager,
)
SLACK = Table(
    {
        "api_url": Member(_web_url, "The incoming webhook."),
        "api_url_file": Member(PATH, "File that holds the URL, which is a secret."),
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
        "name": Member(RECEIVER_NAME, "What routes call it.", required=True),
        **{name: Member(Many(one, MAX_CONFIGS), f"Where it is told: {name}.") for name, one in CONFIGS.items()},
        "fallback": Member(RECEIVER_NAME, "Who is told instead where this one cannot be reached."),
    },
    _receiver_tells,
)
