"""Rows of the message and object tables as lines, as `contrail-logs` writes them. Pure."""

from datetime import tzinfo
from typing import Any

from satark.analytics.commands import xml_objects, xml_words
from satark.analytics.commands.times import shown

LEVELS = {
    "SYS_UVE": -100,
    "SYS_EMERG": 0,
    "SYS_ALERT": 1,
    "SYS_CRIT": 2,
    "SYS_ERR": 3,
    "SYS_WARN": 4,
    "SYS_NOTICE": 5,
    "SYS_INFO": 6,
    "SYS_DEBUG": 7,
}
"""Severities by name; the lower, the graver."""

_NAMES = {number: name for name, number in LEVELS.items()}
_BY_VALUE = frozenset((0, 1, 4, 9, 10))
"""Types whose fields are shown by their values alone: what orchestrators say, SYSTEM, TRACE, TRACE_OBJECT, SYSLOG."""

Row = dict[str, Any]


def level_name(level: Any) -> str:
    """Return a severity's name; a number that has none is itself."""
    return _NAMES.get(level, "INVALID" if level is None else str(level))


def message(row: Row, *, zone: tzinfo | None, raw: bool = False) -> str:
    """Return the line of a row of MessageTable."""
    where = ":".join(_text(row, name) for name in ("NodeType", "ModuleId", "InstanceId", "Category"))
    body = _text(row, "Xmlmessage")
    data = body if raw else xml_words.values(body) if row.get("Type") in _BY_VALUE else xml_words.pairs(body)
    return (
        f"{shown(row['MessageTS'], zone)} {_text(row, 'Source')} [{where}][{level_name(row.get('Level'))}] :"
        f" {_text(row, 'Messagetype')}:{_text(row, 'SequenceNum')} {data}"
    )


def trace(row: Row, *, zone: tzinfo | None, raw: bool = False) -> str:
    """Return the line of a row of MessageTable that is a trace."""
    body = _text(row, "Xmlmessage")
    data = body if raw else xml_words.values(body)
    return f"{shown(row['MessageTS'], zone)} {_text(row, 'Messagetype')}:{_text(row, 'SequenceNum')} {data}"


def object_log(row: Row, *, zone: tzinfo | None, raw: bool = False) -> str:
    """Return the line of a row of an object table."""
    where = ":".join(_text(row, name) for name in ("NodeType", "InstanceId", "ModuleId"))
    is_system = not _text(row, "ObjectLog")
    body = _text(row, "SystemLog" if is_system else "ObjectLog")
    data = body if raw else xml_words.values(body) if is_system else xml_words.pairs(body)
    return f"{shown(row['MessageTS'], zone)} {_text(row, 'Source')} [{where}] : {_text(row, 'Messagetype')}: {data}"


def as_json(row: Row) -> Row:
    """Return a row with its messages as nested objects instead of XML."""
    return {
        name: xml_objects.members(value) if name in {"Xmlmessage", "ObjectLog", "SystemLog"} and value else value
        for name, value in row.items()
    }


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)
