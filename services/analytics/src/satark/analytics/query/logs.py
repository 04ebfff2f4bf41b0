"""Messages and objects (specs/analytics.md, clause 3.5)."""

from collections.abc import Collection

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Column
from satark.analytics.query.expressions import TIME_US, Expression, View, number, text

OWN_MODULES = ("contrail-query-engine", "satark-analytics")
"""Whose messages about queries nobody wants to see among the answers, unless they ask for a module."""

SYSTEM, UVE, OBJECT, ALARM = 1, 6, 7, 11
"""Types of messages (clause 3.5)."""

_OBJECT_LOGS = f"type IN ({UVE}, {OBJECT}, {ALARM})"
_SYSTEM_LOGS = f"type = {SYSTEM}"

_MESSAGES = {
    "MessageTS": number(TIME_US),
    "Source": text("source"),
    "Messagetype": text("message_type"),
    "ModuleId": text("module"),
    "IPAddress": text("ip_address"),
    "Pid": number("pid"),
    "Category": text("category"),
    "Level": number("level"),
    "NodeType": text("node_type"),
    "InstanceId": text("instance"),
    "SequenceNum": number("sequence_number"),
    "Type": number("type"),
    "Xmlmessage": text("if(body = '', text, body)"),
}
_OBJECTS = {
    "MessageTS": number(TIME_US),
    "ObjectId": text("name"),
    "Source": text("source"),
    "ModuleId": text("module"),
    "Messagetype": text("message_type"),
    "ObjectLog": text(f"if({_OBJECT_LOGS}, body, '')"),
    "SystemLog": text(f"if({_SYSTEM_LOGS}, body, '')"),
}


def messages(compared: Collection[str]) -> View:
    """Return the view of all messages; the query engine's own are left out unless a module is compared with."""
    hidden = () if "ModuleId" in compared else (f"module NOT IN {OWN_MODULES}",)
    return View("messages FINAL", hidden, lambda column: _MESSAGES[column.name])


def objects(table: str, selected: Collection[str], binder: Binder) -> View:
    """Return the view of what was said of objects; kinds of messages that are not selected are left out."""
    kinds = [
        condition for name, condition in (("ObjectLog", _OBJECT_LOGS), ("SystemLog", _SYSTEM_LOGS)) if name in selected
    ]
    conditions = [f"object_table = {binder.text(table)}"]
    if kinds:
        conditions.append(f"({' OR '.join(kinds)})")
    return View("objects FINAL", tuple(conditions), _object)


def _object(column: Column) -> Expression:
    return _OBJECTS[column.name]
