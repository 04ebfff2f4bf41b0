"""Tables and columns that are known because data came: which statements ask for them, and what the rows mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from satark.analytics.query.catalogue import STATISTICS, Column, Datatype, Table, TableType
from satark.analytics.query.tables import SAMPLE_COLUMNS, builtin, object_table, statistics_table
from satark.analytics.store.statement import Row, Statement

_TYPES = {"string": Datatype.STRING, "int": Datatype.INT, "double": Datatype.DOUBLE, "list": Datatype.LIST}

OBJECT_TABLES = Statement("SELECT DISTINCT object_table FROM objects ORDER BY object_table")
STATISTICS_TABLES = Statement("SELECT DISTINCT stat FROM stat_columns ORDER BY stat")


def columns_of(stat: str) -> Statement:
    """Return what asks for the columns that samples of a table have had."""
    return Statement(
        "SELECT column, groupUniqArray(toString(type)), max(indexed), groupUniqArrayArray(suffixes)"
        " FROM stat_columns WHERE stat = {stat:String} GROUP BY column ORDER BY column",
        {"stat": stat},
    )


def has_objects(name: str) -> Statement:
    """Return what asks whether there are rows of a table of objects."""
    return Statement("SELECT 1 FROM objects WHERE object_table = {name:String} LIMIT 1", {"name": name})


def columns(rows: Iterable[Row]) -> Mapping[str, Column]:
    """Return the columns in the answer to `columns_of`. One that has had several types is the widest of them."""
    return {name: _column(name, types, bool(indexed), suffixes) for name, types, indexed, suffixes in rows}


def names(rows: Iterable[Row]) -> list[str]:
    """Return the texts in an answer of one column."""
    return [str(row[0]) for row in rows]


def lookup(name: str) -> Statement | None:
    """Return what must be asked before a table of this name is known; None when nothing must be."""
    if name.startswith(STATISTICS):
        return columns_of(name.removeprefix(STATISTICS))
    return None if name in builtin() else has_objects(name)


def table_of(name: str, rows: Sequence[Row]) -> Table | None:
    """Return the table of this name by the answer to its `lookup`; None if there is none."""
    known = builtin().get(name)
    if not name.startswith(STATISTICS):
        return known or (object_table(name) if rows else None)
    table = known or statistics_table(name)
    return table.with_columns(
        {each.name: _joined(table.columns.get(each.name), each) for each in columns(rows).values()}
    )


def has_own_columns(table: Table) -> bool:
    """Return whether anything is known of a table: any statistics table may be asked, but not all there are."""
    return table.type is not TableType.STAT or bool(table.columns.keys() - {each.name for each in SAMPLE_COLUMNS})


def all_tables(objects: Iterable[str], statistics: Iterable[str]) -> list[Table]:
    """Return every table: the built-in ones, then those that only their rows tell of."""
    tables = dict(builtin())
    found = [object_table(name) for name in objects] + [statistics_table(f"{STATISTICS}{name}") for name in statistics]
    for table in found:
        tables.setdefault(table.name, table)
    return [*tables.values()]


def _column(name: str, types: Iterable[str], indexed: bool, suffixes: Iterable[str]) -> Column:
    stored = frozenset(_TYPES[each] for each in types if each in _TYPES)
    return Column(name=name, datatype=_widest(stored), index=indexed, suffixes=tuple(sorted(suffixes)), stored=stored)


def _joined(declared: Column | None, came: Column) -> Column:
    """Return a column as it came, with what is declared of its use in `where`."""
    if declared is None:
        return came
    suffixes = tuple(sorted({*declared.suffixes, *came.suffixes}))
    return replace(came, index=declared.index or came.index, suffixes=suffixes)


def _widest(found: frozenset[Datatype]) -> Datatype:
    if found == {Datatype.INT}:
        return Datatype.INT
    if found <= {Datatype.INT, Datatype.DOUBLE} and found:
        return Datatype.DOUBLE
    return Datatype.LIST if found == {Datatype.LIST} else Datatype.STRING
