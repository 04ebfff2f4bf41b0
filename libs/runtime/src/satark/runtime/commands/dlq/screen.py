"""How `satark dlq` shows what it found."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from satark.runtime.hexdump import hexdump
from satark.runtime.letters import Tally, printable
from satark.runtime.records import Record

MAX_DUMP_BYTES = 4_096
MAX_TEXT_CHARS = 4_096
COLUMNS = ("time", "topic", "partition/offset", "key", "reason", "detail", "bytes")


def show_list(console: Console, found: Iterable[dict[str, Any]]) -> None:
    """Print a table of letters, given as `letters.summary` has them."""
    table = Table(*COLUMNS, box=None, pad_edge=False)
    for column, wraps in zip(table.columns, (False, False, False, True, False, True, False), strict=True):
        column.overflow = "fold" if wraps else "ellipsis"
        column.no_wrap = not wraps
    for row in found:
        place = f"{row['partition']}/{row['offset']}"
        cells = (row["time"], row["topic"], place, row["key"] or "-", row["reason"], row["detail"], str(row["bytes"]))
        table.add_row(*(Text(printable(cell)) for cell in cells))
    if table.row_count:
        console.print(table)
    else:
        console.print("no dead letters")


def show_letter(console: Console, letter: Record) -> None:
    """Print one letter whole: where it is, its key and headers, the value's bytes and text, bounded."""
    lines = [
        f"place      {letter.topic}/{letter.partition}/{letter.offset}",
        f"time       {letter.timestamp.isoformat()}",
        f"key        {'-' if letter.key is None else printable(letter.key.decode(errors='replace'))}",
        *(
            f"header     {printable(name)} = {printable(value.decode(errors='replace'))}"
            for name, value in letter.headers
        ),
        f"value      {'none' if letter.value is None else f'{len(letter.value)} bytes'}",
    ]
    value = letter.value or b""
    text = value.decode(errors="replace")
    shown = "\n".join(printable(line) for line in text[:MAX_TEXT_CHARS].splitlines())
    more = [f"… {len(text) - MAX_TEXT_CHARS} more characters"] if len(text) > MAX_TEXT_CHARS else []
    for line in (*lines, "", *hexdump(value, limit=MAX_DUMP_BYTES), "", shown, *more):
        console.print(Text(line), soft_wrap=True)


def show_tally(console: Console, tally: Tally, what: str) -> None:
    """Print how many letters of each topic and reason, and why some are left out."""
    for (topic, reason), count in sorted(tally.replayed.items()):
        console.print(Text(f"{count} {what}: {topic} ({printable(reason)})"), soft_wrap=True)
    for (topic, why), count in sorted(tally.skipped.items()):
        console.print(Text(f"{count} left out: {topic}, {why}"), soft_wrap=True)
    if not tally.replayed and not tally.skipped:
        console.print(f"nothing {what}")
