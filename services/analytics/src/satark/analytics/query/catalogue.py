"""What tables and columns there are, as values (specs/analytics.md, clause 3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

STATISTICS = "StatTable."
"""Names of statistics tables begin so; then come the struct and its attribute."""


class TableType(StrEnum):
    """What kind of rows a table has."""

    LOG = "LOG"
    OBJECT = "OBJECT"
    STAT = "STAT"
    FLOW = "FLOW"
    SESSION = "SESSION"


class Datatype(StrEnum):
    """What a column's values are."""

    STRING = "string"
    INT = "int"
    LONG = "long"
    DOUBLE = "double"
    IPADDR = "ipaddr"
    UUID = "uuid"
    LIST = "list"

    @property
    def integer(self) -> bool:
        """Whether values are whole numbers."""
        return self in (Datatype.INT, Datatype.LONG)

    @property
    def number(self) -> bool:
        """Whether values can be added and ranged."""
        return self.integer or self is Datatype.DOUBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `index` is whether `where` may name it, `select` whether `select_fields` may.

    `suffixes` are columns that a term on this one may bring along. `lists` marks columns that the catalogue calls texts
    although they have several values, so that CONTAINS is the way to compare them (labels and tags of sessions).
    `stored` are the types that the values of a statistics table came with, when it is not the datatype alone.
    """

    name: str
    datatype: Datatype
    index: bool = False
    select: bool = True
    suffixes: tuple[str, ...] = ()
    mandatory: bool = False
    lists: bool = False
    stored: frozenset[Datatype] = frozenset()

    @property
    def several(self) -> bool:
        """Whether a value is a list."""
        return self.lists or self.datatype is Datatype.LIST


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table. A dynamic one is known by its rows alone, and so may have columns that are not in `columns`."""

    name: str
    type: TableType
    columns: Mapping[str, Column] = field(default_factory=dict)
    display_name: str | None = None
    uve_table: str | None = None
    dynamic: bool = False

    @property
    def attribute(self) -> str:
        """What COUNT counts in a statistics table: `flow` in StatTable.UFlowData.flow."""
        return self.name.removeprefix(STATISTICS).partition(".")[2]

    @property
    def stat(self) -> str:
        """The name under which a statistics table's samples are stored."""
        return self.name.removeprefix(STATISTICS)

    def with_columns(self, more: Mapping[str, Column]) -> "Table":
        """Return the table with these columns too; where both have one, the new one counts."""
        return replace(self, columns={**self.columns, **more})
