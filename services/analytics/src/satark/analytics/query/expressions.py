"""Columns of the query language as expressions of SQL, and what is read from which table of the store."""

from collections.abc import Callable
from dataclasses import dataclass

from satark.analytics.query.catalogue import Column

TIME_US = "toUnixTimestamp64Micro(time)"


@dataclass(frozen=True, slots=True)
class Expression:
    """How to read a column. `nullable` ones are NULL where a row has no value, other texts are empty there."""

    sql: str
    nullable: bool = False
    text: bool = True
    several: bool = False

    @property
    def shown(self) -> str:
        """What a result shows: NULL where there is nothing."""
        return f"nullIf({self.sql}, '')" if self.text and not self.nullable and not self.several else self.sql

    @property
    def as_text(self) -> str:
        """What a filter compares as text; never NULL."""
        if self.several:
            return f"arrayStringConcat({self.sql}, ',')"
        text = self.sql if self.text else f"toString({self.sql})"
        return f"ifNull({text}, '')" if self.nullable else text

    def as_number(self, *, double: bool) -> str:
        """What a filter compares as number; NULL where there is none."""
        if self.text or self.several:
            return f"{'toFloat64OrNull' if double else 'toInt64OrNull'}({self.as_text})"
        return self.sql


@dataclass(frozen=True, slots=True)
class View:
    """What is read for a table of the query language: `source` follows FROM, all `conditions` hold.

    Tables of the store are read FINAL: what a producer said twice is one row even before parts are merged. Rows have a
    column `time`. `opened` is whether a row is one flow of a session, not the session.
    """

    source: str
    conditions: tuple[str, ...]
    expression: Callable[[Column], Expression]
    id: str = "id"
    opened: bool = False


def number(sql: str) -> Expression:
    """Return a number that every row has."""
    return Expression(sql, text=False)


def text(sql: str) -> Expression:
    """Return a text that is empty where there is none."""
    return Expression(sql)
