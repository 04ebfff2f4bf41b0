"""What is said to the store and what it answers, as values: the pure parts make statements, the shell carries them out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Row = tuple[Any, ...]


class StoreError(Exception):
    """The store did not do what it was told. `reason` is a short stable word; the text has nothing secret."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with bound parameters, `{name:Type}` as ClickHouse writes them. Nothing from outside is in the text."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Reader(Protocol):
    """Asks the store. Calls block and may be made from several threads at once."""

    def rows(self, statement: Statement) -> list[Row]:
        """Return all rows. Raises StoreError."""
        ...

    def blocks(self, statement: Statement) -> Iterator[Sequence[Row]]:
        """Return the rows block by block, as they come; memory does not grow with their number. Raises StoreError."""
        ...
