"""What a client is told of tables and their columns (specs/analytics.md, clause 2.7)."""

from collections.abc import Iterable, Mapping
from typing import Any

from satark.analytics.query.catalogue import Column, Datatype, Table, TableType
from satark.analytics.query.tables import SAMPLE_COLUMNS, uve_types

MESSAGE_VALUES = ("ModuleId", "Source", "Category", "Level")
"""Columns of messages whose values are listed (clause 2.7, column values)."""

_AGGREGATES = ("SUM", "CLASS", "MAX", "MIN", "PERCENTILES", "AVG", "COUNT_DISTINCT")
_OWN = frozenset(column.name for column in SAMPLE_COLUMNS)


def schema(table: Table) -> dict[str, Any]:
    """Return the type of a table and its columns."""
    columns = [*_statistics(table)] if table.type is TableType.STAT else [*map(_told, table.columns.values())]
    return {"type": table.type.value, "columns": columns}


def value_columns(table: Table) -> list[str]:
    """Return the columns whose values are listed."""
    match table.type:
        case TableType.LOG:
            return [*MESSAGE_VALUES]
        case TableType.OBJECT:
            return ["ObjectId"]
        case TableType.STAT:
            return [each.name for each in table.columns.values() if each.index and each.datatype is Datatype.STRING]
    return []


def _statistics(table: Table) -> Iterable[Mapping[str, Any]]:
    """Yield the columns of a statistics table: where they come from, times, the attribute, what is made of numbers."""
    own = [each for name, each in table.columns.items() if name not in _OWN or each.suffixes]
    yield _told(Column(name="Source", datatype=Datatype.STRING, index=True))
    for name, datatype in (("T", "int"), ("CLASS(T)", "int"), ("T=", "int"), ("CLASS(T=)", "int"), ("UUID", "uuid")):
        yield _told(Column(name=name, datatype=Datatype(datatype)))
    yield _told(Column(name=f"COUNT({table.attribute})", datatype=Datatype.INT))
    if not any(each.name == "name" for each in own):
        yield _told(Column(name="name", datatype=Datatype.STRING, index=True), uve_type=_uve_type(table))
    for column in own:
        yield _told(column)
        if column.datatype.number:
            yield from (_aggregate(function, column) for function in _AGGREGATES)


def _aggregate(function: str, column: Column) -> Mapping[str, Any]:
    is_count = function in ("CLASS", "COUNT_DISTINCT")
    datatype = Datatype.DOUBLE if function in ("AVG", "PERCENTILES") else column.datatype
    return _told(Column(name=f"{function}({column.name})", datatype=Datatype.INT if is_count else datatype))


def _told(column: Column, *, uve_type: str | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": column.name,
        "datatype": column.datatype.value,
        "index": column.index,
        "select": None if column.select else False,
        "suffixes": [*column.suffixes] or None,
    }
    if column.mandatory:
        told["requiredness"] = "mandatory"
    return told | ({"uve_type": uve_type} if uve_type else {})


def _uve_type(table: Table) -> str | None:
    return next((name for name, raw in uve_types().items() if raw == table.uve_table), None)
