"""The tables that there always are: messages, objects, flows, sessions and the built-in statistics.

`tables.json` beside this module has the facts, taken from the public table schema of Tungsten Fabric's analytics.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from satark.analytics.query.catalogue import Column, Datatype, Table, TableType

MESSAGES = "MessageTable"
FLOW_RECORDS = "FlowRecordTable"
FLOW_SERIES = "FlowSeriesTable"
OVERLAY = "OverlayToUnderlayFlowMap"
SESSION_SERIES = "SessionSeriesTable"
SESSION_RECORDS = "SessionRecordTable"
FIELD_NAMES = "FieldNames.fields"
FIELD_NUMBERS = "FieldNames.fieldi"
UNDERLAY = "UFlowData.flow"

COMPUTED = frozenset({"T", "T=", "UUID", "sample_count", "flow_class_id", "session_class_id"})
"""Fields that are no columns of what is stored."""

OBJECT_COLUMNS = (
    Column(name="MessageTS", datatype=Datatype.INT),
    Column(name="ObjectId", datatype=Datatype.STRING, index=True),
    Column(name="Source", datatype=Datatype.STRING, index=True),
    Column(name="ModuleId", datatype=Datatype.STRING, index=True),
    Column(name="Messagetype", datatype=Datatype.STRING, index=True),
    Column(name="ObjectLog", datatype=Datatype.STRING),
    Column(name="SystemLog", datatype=Datatype.STRING),
)
SAMPLE_COLUMNS = (
    Column(name="Source", datatype=Datatype.STRING, index=True),
    Column(name="name", datatype=Datatype.STRING, index=True),
    Column(name="proxy", datatype=Datatype.STRING),
)
"""Columns of every statistics table."""

_LISTS = frozenset({"labels", "custom_tags", "remote_labels", "remote_custom_tags"})


@cache
def facts() -> Mapping[str, Any]:
    """Return the contents of `tables.json`."""
    text = resources.files("satark.analytics.query").joinpath("tables.json").read_bytes()
    found: Mapping[str, Any] = msgspec.json.decode(text)
    return found


@cache
def builtin() -> Mapping[str, Table]:
    """Return the tables that there always are, by name, in the order of `tables.json`: logs, objects, statistics."""
    tables: dict[str, Table] = {}
    for found in (*_queries(), *_objects(), *_statistics()):
        known = tables.get(found.name)
        tables[found.name] = found if known is None else known.with_columns(found.columns)
    return tables


def uve_types() -> Mapping[str, str]:
    """Return the raw table of each UVE type, by the name of the type."""
    types: Mapping[str, str] = facts()["uve_types"]
    return types


def object_table(name: str) -> Table:
    """Return a table of objects that no list names: one that only its rows tell of."""
    return Table(name=name, type=TableType.OBJECT, columns=_by_name(OBJECT_COLUMNS), dynamic=True)


def statistics_table(name: str) -> Table:
    """Return a statistics table that no list names."""
    return Table(name=name, type=TableType.STAT, columns=_by_name(SAMPLE_COLUMNS), dynamic=True)


def _queries() -> Iterable[Table]:
    for each in facts()["query_tables"]:
        columns = _by_name(_column(column, each["type"]) for column in each["columns"])
        yield Table(name=each["name"], type=TableType(each["type"]), columns=columns)


def _objects() -> Iterable[Table]:
    for each in facts()["object_tables"]:
        yield Table(
            name=each["table"],
            type=TableType.OBJECT,
            columns=_by_name(OBJECT_COLUMNS),
            display_name=each["objtable_display_name"],
        )


def _statistics() -> Iterable[Table]:
    for each in facts()["stat_tables"]:
        own = _by_name(_column(column, "STAT") for column in each["columns"])
        yield Table(
            name=each["table"],
            type=TableType.STAT,
            columns={**_by_name(SAMPLE_COLUMNS), **own},
            display_name=each["display_name"],
            uve_table=None if each["obj_table"] == "NONE" else each["obj_table"],
        )


def _column(given: Mapping[str, Any], table_type: str) -> Column:
    return Column(
        name=given["name"],
        datatype=Datatype(given["datatype"]),
        index=given["index"],
        select=given.get("select", True),
        suffixes=tuple(given.get("suffixes", ())),
        mandatory=given.get("mandatory", False),
        lists=table_type == "SESSION" and given["name"] in _LISTS,
    )


def _by_name(columns: Iterable[Column]) -> dict[str, Column]:
    return {column.name: column for column in columns}
