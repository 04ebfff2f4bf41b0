"""How `satark request` shows what came of a request, and who is connected."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from satark.runtime.asking import Asked, Outcome
from satark.runtime.letters import printable
from satark.sandesh.wire.errors import SandeshError
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.tree import Plain, plain
from satark.schemas.generators import GeneratorSession
from satark.schemas.identifiers import instant
from satark.schemas.messages import Message
from satark.schemas.requests import RequestOutcome

MORE = "more"
COLUMNS = ("generator", "gateway", "since", "address", "pid", "introspect")


def show(console: Console, asked: Asked) -> None:
    """Print each answer as a tree of its fields, then each outcome."""
    for answer in asked.answers:
        title = Text.assemble((printable(answer.name), "bold"), f"  {printable(generator_of(answer))}")
        title.append(f"  {instant(answer.time)}", style="dim")
        tree = Tree(title)
        _grow(tree, content_of(answer))
        console.print(tree)
    for outcome in asked.outcomes.values():
        console.print(_told(outcome), soft_wrap=True)
    if asked.outcomes and not asked.decided:
        console.print(f"{asked.matched - len(asked.outcomes)} more of {asked.matched} have not been heard of")


def show_json(console: Console, asked: Asked) -> None:
    """Print one object: the request's id, its outcomes, and the answers with their fields as plain values."""
    outcomes = [
        {
            "generator": each.generator,
            "outcome": each.outcome.value,
            "answers": each.answers,
            "detail": each.detail,
            "gateway": each.gateway,
        }
        for each in asked.outcomes.values()
    ]
    answers = [
        {
            "generator": generator_of(each),
            "name": each.name,
            "time": instant(each.time),
            "fields": content_of(each),
        }
        for each in asked.answers
    ]
    _print_json(console, {"request": asked.request.id, "outcomes": outcomes, "answers": answers})


def show_sessions(console: Console, sessions: Sequence[GeneratorSession]) -> None:
    """Print a table of the generators that are connected."""
    table = Table(*COLUMNS, box=None, pad_edge=False)
    for each in sessions:
        introspect = f"port {each.http_port}" if each.http_port else "-"
        cells = (
            each.generator,
            each.gateway,
            instant(each.since),
            each.address or "-",
            str(each.pid or "-"),
            introspect,
        )
        table.add_row(*(Text(printable(cell)) for cell in cells))
    if sessions:
        console.print(table)
    else:
        console.print("nobody is connected")


def show_sessions_json(console: Console, sessions: Sequence[GeneratorSession]) -> None:
    """Print one object a line."""
    for each in sessions:
        row = {name: getattr(each, name) for name in ("generator", "gateway", "session", "address", "pid", "http_port")}
        _print_json(console, row | {"since": instant(each.since), "uve_types": list(each.uve_types)}, indent=None)


def content_of(answer: Message) -> dict[str, Plain]:
    """Return the fields of an answer as plain values; of one whose XML cannot be read those that the event has.

    `more` is left out: it only says that another page follows (clause 4.8).
    """
    try:
        tree = decode_tree(answer.body.encode())
    except SandeshError:
        return dict(answer.fields)
    return {each.name: plain(each.value, each.type) for each in tree.fields if each.name != MORE}


def generator_of(answer: Message) -> str:
    """Return who has answered."""
    return answer.entity.removeprefix("generator/")


def _told(outcome: Outcome) -> Text:
    style = "green" if outcome.outcome is RequestOutcome.ANSWERED else "red"
    text = Text.assemble((outcome.outcome.value.replace("_", " "), style), f"  {printable(outcome.generator)}")
    if outcome.answers:
        text.append(f"  {outcome.answers} answer{'' if outcome.answers == 1 else 's'}")
    if outcome.detail:
        text.append(f"  {printable(outcome.detail)}")
    return text


def _grow(tree: Tree, value: Any) -> None:
    pairs = value.items() if isinstance(value, dict) else ((f"[{n}]", each) for n, each in enumerate(value))
    for name, each in pairs:
        label = Text(printable(str(name)), style="cyan")
        if _is_flat(each):
            tree.add(label).add(_table(each))
        elif isinstance(each, dict | list) and each:
            _grow(tree.add(label), each)
        else:
            tree.add(label.append(" ").append(_scalar(each), style="default"))


def _is_flat(value: Any) -> bool:
    """Return whether a value is a list of structs without anything inside them: a table."""
    rows = value if isinstance(value, list) else []
    return bool(rows) and all(
        isinstance(row, dict) and not any(isinstance(each, dict | list) and each for each in row.values())
        for row in rows
    )


def _table(rows: list[dict[str, Any]]) -> Table:
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = Table(*(escape(printable(name)) for name in names), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_scalar(row[name]) if name in row else "") for name in names))
    return table


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(value if isinstance(value, str) else "-" if isinstance(value, dict | list) else str(value))


def _print_json(console: Console, value: Any, *, indent: int | None = 2) -> None:
    console.print(Text(json.dumps(value, indent=indent)), soft_wrap=True)
