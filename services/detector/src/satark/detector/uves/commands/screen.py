"""How objects and alarms are shown on a terminal: tables, trees, lines, and JSON for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from satark.detector.uves.commands.selection import shown_key
from satark.runtime.letters import printable
from satark.schemas.alarms import AlarmSeverity, AlarmView
from satark.schemas.identifiers import instant
from satark.schemas.uve_states import UveState

MAX_VALUE_CHARS = 200
STYLES = {AlarmSeverity.CRITICAL: "bold red", AlarmSeverity.MAJOR: "red", AlarmSeverity.MINOR: "yellow"}


def show_list(console: Console, states: Iterable[UveState]) -> None:
    """Print a line for each object."""
    rows = [
        (
            shown_key(each.entity),
            ", ".join(each.structs),
            f"{each.share_count}" + (f" ({each.stale_count} stale)" if each.stale_count else ""),
            str(len(each.alarms) or "-"),
            instant(each.time),
        )
        for each in states
    ]
    _show_table(console, ("object", "structs", "shares", "alarms", "changed"), rows, "there is no such object")


def show_one(console: Console, state: UveState) -> None:
    """Print an object: its attributes by struct, who tells them, and its alarms."""
    tree = Tree(Text.assemble((printable(shown_key(state.entity)), "bold"), f"  {instant(state.time)}"))
    for struct, attributes in state.structs.items():
        branch = tree.add(Text(printable(struct), style="cyan"))
        for name, value in attributes.items():
            branch.add(Text.assemble((printable(name), "cyan"), " ", _brief(value)))
    heard = tree.add(Text(f"{state.share_count} shares, {state.stale_count} stale", style="cyan"))
    for share in state.shares:
        line = f"{share.generator}  {share.struct}  heard {instant(share.seen)}"
        heard.add(Text(printable(line) + ("  stale" if share.stale else "")))
    if state.share_count > len(state.shares):
        heard.add(f"and {state.share_count - len(state.shares)} more")
    for alarm in state.alarms:
        tree.add(_alarm_line(alarm))
    console.print(tree)


def show_json(console: Console, value: Any, *, indent: int | None = None) -> None:
    """Print a value as JSON, on one line unless an indent is given."""
    console.print(Text(json.dumps(value, indent=indent)), soft_wrap=True)


def plain(state: UveState) -> dict[str, Any]:
    """Return a state as the JSON it is on Kafka."""
    found: dict[str, Any] = msgspec.to_builtins(state)
    return found


def plain_alarm(entity: str, alarm: AlarmView) -> dict[str, Any]:
    """Return an alarm with the key of its object."""
    return {"entity": entity, **msgspec.to_builtins(alarm)}


def show_change(console: Console, entity: str, state: UveState | None) -> None:
    """Print what changed in an object, a line for each attribute."""
    key = printable(shown_key(entity))
    if state is None:
        console.print(Text.assemble((key, "bold"), ("  is gone", "red")), soft_wrap=True)
        return
    lines = [(struct, name, value) for struct, name, value in _changed(state)]
    for struct, name, value in lines or [("", "", "")]:
        what = Text.assemble((f"{instant(state.time)}  ", "dim"), (key, "bold"))
        if struct:
            what.append(f"  {printable(struct)}.{printable(name)}", style="cyan").append(f" {value}", style="default")
        console.print(what, soft_wrap=True)


def show_alarms(console: Console, alarms: Iterable[tuple[str, AlarmView]]) -> None:
    """Print a line for each alarm."""
    rows = [
        (
            each.severity.value,
            shown_key(entity),
            each.type.rpartition(":")[2],
            instant(each.time),
            "yes" if each.acknowledged else "-",
            each.description,
        )
        for entity, each in alarms
    ]
    _show_table(
        console, ("severity", "object", "alarm", "since", "acknowledged", "description"), rows, "no alarm is set"
    )


def show_alarm_change(console: Console, entity: str, alarm: AlarmView, what: str) -> None:
    """Print that an alarm was set, changed or ended."""
    line = Text.assemble((f"{what:<12}", "bold"), (f"{printable(shown_key(entity))}  ", "default"))
    console.print(line.append_text(_alarm_line(alarm)), soft_wrap=True)


def _alarm_line(alarm: AlarmView) -> Text:
    name = printable(alarm.type.rpartition(":")[2])
    line = Text.assemble(
        (f"{alarm.severity.value} {name}", STYLES[alarm.severity]), f"  {printable(alarm.description)}"
    )
    line.append(f"  since {instant(alarm.time)}", style="dim")
    return line.append("  acknowledged" if alarm.acknowledged else "")


def _changed(state: UveState) -> Iterable[tuple[str, str, str]]:
    for struct, names in state.changed.items():
        attributes: Mapping[str, Any] = state.structs.get(struct, {})
        for name in names:
            if name != "__T" or name not in attributes:
                gone = name not in attributes and struct != "UVEAlarms"
                yield struct, name, "is gone" if gone else _brief(attributes.get(name, len(state.alarms)))


def _brief(value: Any) -> str:
    text = printable(value if isinstance(value, str) else json.dumps(value))
    return text if len(text) <= MAX_VALUE_CHARS else text[: MAX_VALUE_CHARS - 1] + "…"


def _show_table(console: Console, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], nothing: str) -> None:
    if not rows:
        console.print(nothing)
        return
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console.print(table)
