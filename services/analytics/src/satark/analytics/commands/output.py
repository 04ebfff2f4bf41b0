"""Where lines go: stdout or a file; rows as a table, as JSON or as CSV."""

import csv
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import msgspec

from satark.analytics.commands.usage import UsageError

MOST_ROWS_IN_A_TABLE = 2_000
"""A table's widths are known when its last row is; more rows than these are written as CSV lines instead."""

Row = dict[str, Any]


@contextmanager
def output(path: Path | None, *, append: bool = False) -> Iterator[TextIO]:
    """Open the file, or stdout when there is none. Raises UsageError for a file that cannot be written."""
    if path is None:
        yield sys.stdout
        return
    try:
        file = path.open("a" if append else "w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    with file:
        yield file


def write_json(rows: Iterable[Row], out: TextIO) -> None:
    """Write the rows as one JSON array, a row a line, as they come."""
    separator = "["
    for row in rows:
        out.write(f"{separator}{msgspec.json.encode(row).decode()}")
        separator = ",\n"
    out.write("[]\n" if separator == "[" else "]\n")


def write_csv(rows: Iterable[Row], out: TextIO) -> None:
    """Write the rows as CSV (RFC 4180), the columns of the first row first; nothing when there is none."""
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, fieldnames=list(row), restval="", extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: cell(value) for name, value in row.items()})


def write_table(rows: Iterable[Row], out: TextIO) -> None:
    """Write the rows as a table for a terminal, or as CSV when they are too many for one."""
    from rich.console import Console  # noqa: PLC0415 - only where it is seen
    from rich.table import Table  # noqa: PLC0415 - as above

    iterator = iter(rows)
    first = list(islice(iterator, MOST_ROWS_IN_A_TABLE))
    following = next(iterator, None) if len(first) == MOST_ROWS_IN_A_TABLE else None
    if following is not None:
        write_csv(_chained(first, following, iterator), out)
        return
    if not first:
        print("no rows", file=sys.stderr)  # noqa: T201 - for a person; the table itself is empty
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, value in first[0].items():
        table.add_column(name, justify="right" if _is_number(value) else "left", overflow="fold")
    for row in first:
        table.add_row(*(cell(row.get(name)) for name in first[0]))
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 10_000
    console.print(table)


def cell(value: Any) -> str:
    """Return a value as a text: numbers without needless digits, nothing for null, JSON for what has parts."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.10g}"
        case int():
            return str(value)
        case _:
            return msgspec.json.encode(value).decode()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _chained(first: list[Row], following: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield from first
    yield following
    yield from rest
