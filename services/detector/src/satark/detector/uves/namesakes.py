"""Objects of one name in two tables, of which one generator tells the same struct. Pure.

A struct belongs to a table, or to one for each kind of node that has it. A generator that tells it of the same name under
two is at odds with itself: its versions of the definition differ, or a key is put together wrongly.
"""

from collections.abc import Callable

from satark.uve.tables import split_key
from satark.uve.told import Told
from satark.uve.uve import Uve

MAX_STRUCTS = 10_000
MAX_TABLES = 64
"""Structs that are looked at, and tables of each."""


class Namesakes:
    """The tables of each struct. `find` gives an object by its key: those of this process, however many partitions."""

    def __init__(self, find: Callable[[str], Uve | None]) -> None:
        self._find = find
        self._tables: dict[str, set[str]] = {}

    def learn(self, entity: str, uve: Uve) -> None:
        """Take note of an object that was there before."""
        for struct in uve.parts:
            self._note(struct, split_key(entity)[0])

    def of(self, told: Told) -> str:
        """Return the other table in which the generator of a new share tells its struct of the same name, or nothing."""
        table, name = split_key(told.entity)
        for other in sorted(self._note(told.struct, table) - {table}):
            uve = self._find(f"{other}:{name}")
            part = None if uve is None else uve.parts.get(told.struct)
            if part is not None and told.generator in part.shares:
                return other
        return ""

    def _note(self, struct: str, table: str) -> set[str]:
        tables = self._tables.get(struct)
        if tables is None:
            if len(self._tables) >= MAX_STRUCTS:
                return set()
            tables = self._tables[struct] = set()
        if len(tables) < MAX_TABLES:
            tables.add(table)
        return tables
