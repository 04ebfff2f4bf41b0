"""What `satark topics acls` prints: a table for people, lines for Kafka's own tool, JSON for other programs."""

import json
import shlex
from collections.abc import Callable, Iterator, Sequence

from rich.table import Table

from satark.runtime.acls import SERVICES, Acl, Operation, Resource, acls_of
from satark.runtime.terminal import console
from satark.schemas.topics import all_topics

PREFIX = "User:satark-"
TOOL = 'kafka-acls.sh --bootstrap-server "$SATARK_KAFKA_BROKERS" --command-config admin.properties --add --force'


def show_acls(form: str, prefix: str) -> int:
    """Print the rights of all; `prefix` makes a principal of Kafka out of a name."""
    acls = acls_of(all_topics(), SERVICES)
    FORMS[form](acls, prefix)
    return 0


def commands(acls: Sequence[Acl], prefix: str) -> Iterator[str]:
    """Yield lines of a shell script that gives the rights: one for all topics, or groups, with the same operations."""
    together: dict[tuple[str, Resource, tuple[Operation, ...]], list[str]] = {}
    for acl in acls:
        together.setdefault((acl.principal, acl.resource, acl.operations), []).append(acl.name)
    for (principal, resource, operations), names in together.items():
        wanted = " ".join(f"--operation {operation}" for operation in operations)
        named = " ".join(f"--{resource} {shlex.quote(name)}" for name in names)
        yield f"{TOOL} --allow-principal {shlex.quote(prefix + principal)} {wanted} {named}"


def _show_table(acls: Sequence[Acl], prefix: str) -> None:
    table = Table("principal", "resource", "name", "operations")
    for acl in acls:
        table.add_row(prefix + acl.principal, acl.resource, acl.name, ", ".join(acl.operations))
    console().print(table)


def _show_commands(acls: Sequence[Acl], prefix: str) -> None:
    for line in commands(acls, prefix):
        print(line)  # noqa: T201 - a command's answer


def _show_json(acls: Sequence[Acl], prefix: str) -> None:
    rows = [
        {"principal": prefix + acl.principal, "resource": acl.resource, "name": acl.name, "operations": acl.operations}
        for acl in acls
    ]
    print(json.dumps(rows, indent=2))  # noqa: T201 - a command's answer


FORMS: dict[str, Callable[[Sequence[Acl], str], None]] = {
    "table": _show_table,
    "kafka-acls": _show_commands,
    "json": _show_json,
}
