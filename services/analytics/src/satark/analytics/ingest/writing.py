"""How parts get into the store: begun, inserted, done. Whoever is stopped in between can be followed by anybody.

The first time a part is inserted under its tokens. When that is repeated, in this process or in another, what is there
is not inserted again: first by the tokens, which the store remembers for a while and which also stop a process that does
not know yet that its partition is another's; then by looking which records have rows.
"""

from collections.abc import Sequence

from satark.analytics.ingest.gathering import Part
from satark.analytics.ingest.mapping.origin import Values
from satark.analytics.ingest.ranges import Range, State
from satark.analytics.ingest.shelf import Shelf
from satark.analytics.store.failures import BAD_VALUE
from satark.analytics.store.statement import StoreError
from satark.analytics.store.tables import ENTITIES, STAT_COLUMNS

ORIGIN = slice(-3, None)
"""Where a row's origin is: its last columns. The last of them is the offset."""


Refused = dict[tuple[str, int, int], str]
"""Why the store cannot take a record's rows, by where the record was."""


def begin(shelf: Shelf, parts: Sequence[Part]) -> None:
    """Note what is about to be inserted; what is repeated is noted already. Raises StoreError."""
    fresh = [part.range for part in parts if part.repeats is None]
    if fresh:
        shelf.note(State.BEGUN, fresh)


def write(shelf: Shelf, parts: Sequence[Part], *, again: bool = False, alone: bool = False) -> Refused:
    """Insert the parts; `again` says that it was tried before. Raises StoreError.

    `alone` says that no other process can be inserting: then the rows of all partitions of Kafka go together, which
    costs a fraction. Returns the origins of records whose rows the store cannot take, each with the reason: they are
    left out.
    """
    refused: Refused = {}
    if again or any(part.repeats is not None for part in parts):
        for part in parts:
            for table, rows in part.rows.by_table.items():
                _complete(shelf, table, part.range, rows, refused)
        return refused
    groups = [parts] if alone else [[part] for part in parts]
    for group in groups:
        for table in sorted({name for part in group for name in part.rows.by_table}):
            rows = [row for part in group for row in part.rows.by_table.get(table, ())]
            _insert(shelf, table, rows, "+".join(part.range.token(table) for part in group), refused)
    return refused


def learn(shelf: Shelf, entities: Sequence[Values], columns: Sequence[Values]) -> None:
    """Insert what may be inserted any number of times. Raises StoreError."""
    for table, rows in ((ENTITIES, entities), (STAT_COLUMNS, columns)):
        if rows:
            shelf.insert(table.name, rows, "")


def finish(shelf: Shelf, parts: Sequence[Part]) -> None:
    """Note that all is inserted. Raises StoreError."""
    last = {part.position: part.range for part in sorted(parts, key=lambda part: part.range.last)}
    shelf.note(State.DONE, list(last.values()))


def _complete(shelf: Shelf, table: str, within: Range, rows: Sequence[Values], refused: Refused) -> None:
    """Insert what is not there. The second time under a token of its own: the first may be remembered without its rows."""
    token = within.token(table)
    for attempt in (token, f"{token}/again"):
        there = shelf.present(table, within, rows)
        rows = [row for row in rows if row[-1] not in there and row[ORIGIN] not in refused]
        if not rows:
            return
        _insert(shelf, table, rows, attempt, refused)


def _insert(shelf: Shelf, table: str, rows: Sequence[Values], token: str, refused: Refused) -> None:
    """Insert rows; of those that the store cannot take, find the records and leave them out."""
    if not rows:
        return
    try:
        shelf.insert(table, rows, token)
    except StoreError as error:
        if error.reason != BAD_VALUE:
            raise
        origins = sorted({row[ORIGIN] for row in rows})
        if len(origins) == 1:
            refused[origins[0]] = str(error)
            return
        middle = origins[len(origins) // 2]
        _insert(shelf, table, [row for row in rows if row[ORIGIN] < middle], f"{token}/a", refused)
        _insert(shelf, table, [row for row in rows if row[ORIGIN] >= middle], f"{token}/b", refused)
