"""Files of routes for tests."""

from collections.abc import Mapping
from pathlib import Path

from satark.notifier.routing.beside import Content
from satark.notifier.routing.reading import read
from satark.notifier.routing.tree import RoutingTree
from satark.runtime.documents.mistakes import WrongFileError

RECEIVERS = """
receivers:
  - {name: noc, email_configs: [{to: noc@example.net}]}
  - {name: oncall, email_configs: [{to: oncall@example.net}], webhook_configs: [{url: 'https://hook.example/a'}]}
  - {name: boss, email_configs: [{to: boss@example.net}]}
  - {name: chat, slack_configs: [{api_url: 'https://chat.example/b', send_resolved: false}]}
"""


def routing(text: str, contents: Mapping[Path, Content] | None = None) -> RoutingTree:
    """Return the routing of a file; without receivers it has those above."""
    return read((text if "receivers:\n" in text else text + RECEIVERS).encode(), "/etc/routes.yaml", contents)


def told(text: str, contents: Mapping[Path, Content] | None = None) -> list[str]:
    """Return what is told of a file's mistakes, without its name."""
    try:
        routing(text, contents)
    except WrongFileError as error:
        return [str(one).removeprefix("/etc/routes.yaml:") for one in error.mistakes]
    return []


def hinted(text: str) -> list[str]:
    """Return what is doubtful in a file."""
    return [str(one).removeprefix("/etc/routes.yaml:") for one in routing(text).hints]


def receivers_told(tree: RoutingTree, **subject: str) -> list[str]:
    """Return which receivers are told of a subject, by which route."""
    legs = tree.legs(subject)
    return list(dict.fromkeys(f"{leg.target.receiver} by {leg.policy.route}" for leg in legs))
