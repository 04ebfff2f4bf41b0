"""What is selected, as SQL: rows as they are, or samples grouped by their plain columns (clause 3.2).

Samples are groups of their own when their time or id is selected, or a counter as it is: then an aggregate is that of
one sample, and nothing is grouped at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Column, Datatype, Table, TableType
from satark.analytics.query.conditions import column_of
from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.expressions import TIME_US, Expression, View
from satark.analytics.query.results import PERCENTILES, Convert, percentiles
from satark.analytics.query.selection import Aggregate, Bin, Class, Field, Plain, Time, Uuid, series
from satark.analytics.query.tables import OVERLAY

RAW = frozenset({"packets", "bytes"})
"""Counters of flows and sessions; those of sessions are told by their endings."""

_ENDINGS = ("_sampled_bytes", "_sampled_pkts", "_logged_bytes", "_logged_pkts")
_LEVELS = ", ".join(str(level) for level in PERCENTILES.values())
_SERIES_BITS = 53
"""A class is a number that every reader of JSON takes whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """`written` follows SELECT, in the order of the fields; field n is called `c<n>`. `keys` are what is grouped by."""

    written: tuple[str, ...]
    plain: Mapping[str, tuple[Column, Expression]]
    keys: tuple[str, ...] = ()
    grouped: bool = False
    distinct: bool = False
    converted: tuple[tuple[int, Convert], ...] = ()


def select(fields: tuple[Field, ...], table: Table, view: View, binder: Binder) -> Selected:
    """Return the fields as SQL. Raises InvalidQueryError for a column that there is not, or that is not selectable."""
    writer = _Writer(table, view, binder, fields)
    written = tuple(f"{writer.sql(each)} AS c{at}" for at, each in enumerate(fields))
    keys = tuple(writer.key(at, each) for at, each in enumerate(fields) if isinstance(each, Plain | Bin))
    return Selected(
        written=written,
        plain=writer.plain,
        keys=keys if writer.grouped else (),
        grouped=writer.grouped,
        distinct=table.name == OVERLAY or _only_names(table, fields),
        converted=tuple(
            (at, percentiles)
            for at, each in enumerate(fields)
            if isinstance(each, Aggregate) and each.function == "PERCENTILES"
        ),
    )


class _Writer:
    """Writes the fields of one query."""

    def __init__(self, table: Table, view: View, binder: Binder, fields: tuple[Field, ...]) -> None:
        self._table, self._view, self._binder, self._fields = table, view, binder, fields
        self.plain = {each.name: self._read(each.column) for each in fields if isinstance(each, Plain)}
        alone = any(isinstance(each, Time | Uuid) or _is_counter(each, table) for each in fields)
        self.grouped = series(table) and not alone
        self._check_sums()

    def sql(self, field: Field) -> str:
        """Return a field as SQL."""
        match field:
            case Plain():
                return self.plain[field.name][1].shown
            case Time():
                return TIME_US
            case Bin():
                width = self._binder.integer(field.seconds * 1_000_000)
                return f"{TIME_US} - modulo({TIME_US}, {width})"
            case Uuid():
                return self._view.id
            case Class():
                return self._class(field)
            case Aggregate():
                return self._aggregate(field)
        raise TypeError(field)

    def key(self, at: int, field: Field) -> str:
        """Return what field n is grouped by: a text as it is stored, for grouping by what may be NULL is slower."""
        expression = self.plain[field.name][1] if isinstance(field, Plain) else None
        return expression.sql if expression and expression.text and not expression.nullable else f"c{at}"

    def _read(self, name: str) -> tuple[Column, Expression]:
        column = column_of(name, self._table)
        if not column.select or name == "T=":
            raise InvalidQueryError(f"Invalid field {name[:256]}: it cannot be selected")
        return column, self._view.expression(column)

    def _class(self, field: Class) -> str:
        if field.without not in ("", "T", "T="):
            column_of(field.without, self._table)
        named = sorted((name, f"c{at}") for at, name in self._plain_places() if name != field.without)
        parts = ", ".join(f"ifNull(toString({place}), '')" for _, place in named)
        hashed = f"sipHash64([{parts}])" if parts else "sipHash64('')"
        return f"toInt64(bitShiftRight({hashed}, {64 - _SERIES_BITS}))"

    def _plain_places(self) -> list[tuple[int, str]]:
        return [(at, each.name) for at, each in enumerate(self._fields) if isinstance(each, Plain)]

    def _aggregate(self, field: Aggregate) -> str:
        if field.function == "COUNT":
            return "count()" if self.grouped else "1"
        is_session = self._table.type is TableType.SESSION and not self._view.opened
        if field.name == "COUNT_DISTINCT(remote_ip)" and is_session:
            return "uniqExactArray(flow_remote_ip)" if self.grouped else "length(arrayDistinct(flow_remote_ip))"
        column, expression = self._number(field) if field.function != "COUNT_DISTINCT" else self._read(field.column)
        return _grouped(field.function, expression) if self.grouped else _single(field.function, column, expression)

    def _number(self, field: Aggregate) -> tuple[Column, Expression]:
        column = self._table.columns.get(field.column)
        if column is None and self._table.dynamic:
            column = Column(name=field.column, datatype=Datatype.DOUBLE)
        if column is None:
            raise InvalidQueryError(f"Unknown field {field.column[:256]}")
        if not column.datatype.number or column.several:
            raise InvalidQueryError(f"Invalid field {field.name[:256]}: {column.name[:256]} is no number")
        if field.function in ("AVG", "PERCENTILES") and self._table.type is not TableType.STAT:
            raise InvalidQueryError(f"Invalid field {field.name[:256]}: {field.function} is of statistics tables")
        return column, self._view.expression(column)

    def _check_sums(self) -> None:
        is_sum = any(isinstance(each, Aggregate) and each.function == "SUM" for each in self._fields)
        if self._table.type is TableType.FLOW and is_sum and any(isinstance(each, Time) for each in self._fields):
            raise InvalidQueryError("Invalid field T: flows are summed by T=")


def _grouped(function: str, expression: Expression) -> str:
    match function:
        case "COUNT_DISTINCT":
            return f"uniqExact({expression.shown})"
        case "PERCENTILES":
            return f"quantilesTDigest({_LEVELS})({expression.sql})"
    return f"{function.lower()}({expression.sql})"


def _single(function: str, column: Column, expression: Expression) -> str:
    match function:
        case "COUNT_DISTINCT":
            return f"toInt64({expression.shown} IS NOT NULL)" if not column.several else "1"
        case "PERCENTILES":
            value = f"ifNull(toFloat64({expression.sql}), nan)"
            return f"arrayWithConstant({len(PERCENTILES)}, {value})"
        case "AVG":
            return f"toFloat64({expression.sql})"
    return expression.sql


def _is_counter(field: Field, table: Table) -> bool:
    if not isinstance(field, Plain) or table.type is TableType.STAT:
        return False
    return field.column in RAW or field.column.endswith(_ENDINGS)


def _only_names(table: Table, fields: tuple[Field, ...]) -> bool:
    return table.type is TableType.OBJECT and [each.name for each in fields] == ["ObjectId"]
