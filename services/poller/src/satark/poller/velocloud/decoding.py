"""From JSON to values: what both APIs' parsers share. Pure.

Unknown fields are ignored; only ids decide whether a row can be used: a name that is no text, a null site or a date of
zeros costs nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from satark.poller.errors import WrongShapeError
from satark.poller.http.exchange import Asked
from satark.poller.inventory import Id
from satark.poller.readings import Skipped
from satark.poller.schedule import EPOCH

MAX_TEXT_CHARS = 1_024
MAX_EPOCH_MS = 253_402_300_799_000
"""The last second of the year 9999."""

T = TypeVar("T")
U = TypeVar("U")


class _Paging(Struct, rename="camel"):
    more: Any = None
    next_page_link: Any = None


class Paged(Struct, rename="camel"):
    """A page of v1: its undecoded rows, and what asks for the next page."""

    data: list[Raw]
    meta_data: _Paging | None = None

    @property
    def next_page(self) -> str:
        """What to send back for the next page, empty after the last one."""
        paging = self.meta_data
        return text_of(paging.next_page_link) if paging is not None and paging.more else ""


class WrongShape(ValueError):  # noqa: N818 - `shaped` turns it into WrongShapeError, which knows who was asked what
    """A result is not of the shape that its method is documented to give."""


def shaped(parse: Callable[[U], T], result: U, asked: Asked, *, body: bytes) -> T:
    """Return what `parse` makes of a result.

    Raises WrongShapeError, with the body for a dead letter, where it is of another shape.
    """
    try:
        return parse(result)
    except WrongShape as error:
        text = asked.clean(str(error))
        raise WrongShapeError(asked.orchestrator, asked.method, text, body=asked.clean_bytes(body)) from error


def decoded(raw: Raw | bytes | None, kind: Any, what: str) -> Any:
    """Return the value of a type, else raise WrongShape."""
    if raw is None:
        raise WrongShape(f"expected {what}, there is no result")
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WrongShape(f"expected {what}: {str(error)[:200]}") from error


def good_rows(raw: Iterable[Any], kind: type[T], what: str) -> tuple[list[T], tuple[Skipped, ...]]:
    """Return the rows that are of a kind, and a note for each other one. Rows are undecoded JSON or builtins."""
    good: list[T] = []
    skipped: list[Skipped] = []
    for number, row in enumerate(raw):
        try:
            good.append(decoded(row, kind, what) if isinstance(row, Raw) else msgspec.convert(row, kind))
        except (WrongShape, msgspec.ValidationError):
            skipped.append(Skipped(f"bad_{what.rsplit(maxsplit=1)[-1]}", f"{what} row {number}"))
    return good, tuple(skipped)


def with_originals(skipped: Sequence[Skipped], result: Raw | None) -> tuple[Skipped, ...]:
    """Return what was left out of a list with the bytes of each row as they came; of a row once."""
    if not skipped:
        return ()
    rows, told = decoded(result, list[Raw], "a list"), set[int]()
    found = []
    for one in skipped:
        is_new = one.row is not None and one.row not in told
        found.append(replace(one, original=bytes(rows[one.row])) if is_new else one)
        told |= {one.row} if one.row is not None else set()
    return tuple(found)


def is_empty(result: Raw | bytes | None) -> bool:
    """Return whether a result says that there is no data: it is missing, `[]` or `{}`, which is no error (1.2)."""
    return result is None or b"".join(bytes(result).split()) in {b"[]", b"{}"}


def first_id(*candidates: Any) -> Id | None:
    """Return the first that can be an id: a whole number, or a text that is not empty."""
    for value in candidates:
        if isinstance(value, int | str) and not isinstance(value, bool) and value != "":
            return value
    return None


def text_of(value: Any) -> str:
    """Return a name on one line without control characters, empty for what is no text."""
    if not isinstance(value, str):
        return ""
    if value.isprintable() and len(value) <= MAX_TEXT_CHARS:
        return value.strip()
    return "".join(c if c.isprintable() else " " for c in value[:MAX_TEXT_CHARS]).strip()


def time_of(value: Any) -> datetime | None:
    """Return a time that is given in milliseconds since the epoch or as ISO 8601; None for all else (1.4).

    Dates of zeros, null and text without an offset from UTC are none.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return EPOCH + timedelta(milliseconds=value) if 0 <= value <= MAX_EPOCH_MS else None
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
        return time.astimezone(UTC) if time is not None and time.tzinfo is not None else None
    except (ValueError, OverflowError):  # before the year 1 or after 9999, once it is in UTC
        return None


def epoch_ms(time: datetime) -> int:
    """Return a time in milliseconds since the epoch, as the orchestrator wants it."""
    return int((time - EPOCH).total_seconds() * 1000)
