"""The original's documentation as data (clause 2.2): messages with fingerprints and pages, and tables of statistics.

`href` leads to the page and anchor that `html` writes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from satark.sandesh.compiler.generator import Language
from satark.sandesh.compiler.html.types import address
from satark.sandesh.compiler.severity import SEVERITIES, severity_of
from satark.sandesh.compiler.statistics import stats_tables
from satark.sandesh.idl import Bundle, Unit, doctext
from satark.sandesh.idl.ast import Kind
from satark.sandesh.idl.model import Message

_LOGS = {Kind.SYSTEMLOG, Kind.OBJECTLOG, Kind.FLOWLOG, Kind.SESSIONLOG}
_STATE = {Kind.UVE, Kind.DYNAMICUVE, Kind.ALARM}
_TRACES = {Kind.TRACE, Kind.TRACEOBJECT}
_INTROSPECT = {Kind.REQUEST, Kind.RESPONSE}


def files(bundle: Bundle, _options: Mapping[str, str]) -> dict[str, str]:
    """The `<module>_*.doc.schema.json` of logs (all, and by severity), UVEs, traces and introspect; `_stats_tables`."""
    unit = bundle.main
    logs = [each for each in unit.messages if each.kind in _LOGS]
    shown = {
        "logs": _described(logs, unit, "logs"),
        **{
            f"logs.{word}": _described([each for each in logs if severity_of(each) == word], unit, "logs")
            for word in SEVERITIES
        },
        "uves": _described([each for each in unit.messages if each.kind in _STATE], unit, "uves"),
        "traces": _described([each for each in unit.messages if each.kind in _TRACES], unit, "traces"),
        "introspect": _described([each for each in unit.messages if each.kind in _INTROSPECT], unit, "introspect"),
    }
    written = {f"{unit.module}_{name}.doc.schema.json": _json(value) for name, value in shown.items()}
    return written | {f"{unit.module}_stats_tables.json": _json({"_STAT_TABLES": stats_tables(unit)})}


DOC = Language(summary="the original's documentation data as JSON", generate=files)


def _json(value: Any) -> str:
    return f"{json.dumps(value, indent=2, ensure_ascii=False)}\n"


def _described(messages: Sequence[Message], unit: Unit, page: str) -> dict[str, Any]:
    entries = {_listed(each): _entry(each, unit, page) for each in messages}
    described: dict[str, Any] = {"messages": entries}
    commands = dict(_commands(messages))
    return {**described, "sandesh_cli": commands} if commands else described


def _listed(message: Message) -> str:
    """UVEs are listed by their data."""
    return message.name if message.data is None else message.data.name


def _entry(message: Message, unit: Unit, page: str) -> dict[str, str]:
    entry = {"fingerprint": message.fingerprint, "href": address(unit, page, f"Snh_{message.name}")}
    if message.kind in _LOGS:
        entry["severity"] = severity_of(message).upper()
    if message.tags.get("object"):
        entry["object"] = message.tags["object"]
    return entry


def _commands(messages: Iterable[Message]) -> Iterable[tuple[str, dict[str, list[list[str]]]]]:
    """Requests with a command: its fields with what is said of them."""
    for each in messages:
        name = each.tags.get("cli_name")
        if each.kind is Kind.REQUEST and name:
            yield each.name, {name: [[field.name, _said(field.doc)] for field in each.own_fields]}


def _said(doc: str | None) -> str:
    return doctext.tags(doc).get("description", "")
