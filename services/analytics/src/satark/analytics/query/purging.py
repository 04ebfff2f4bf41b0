"""The old request to drop data: by percent of what is kept, or before a time (specs/analytics.md, clause 2.9)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.times import instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = "%Y %b %d %H:%M:%S.%f"
_RELATIVE = re.compile(r"-[0-9]+[smhd]")
_WHOLE = 100


class BadPurgeError(Exception):
    """The request is none; the text says why."""


def purge_input(body: bytes) -> int | str:
    """Return what a request asks for: percent, or a time as text. Raises BadPurgeError."""
    try:
        found: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadPurgeError("the body is no JSON") from error
    given = found.get("purge_input") if isinstance(found, dict) else None
    if isinstance(given, str):
        return given
    if isinstance(given, bool) or not isinstance(given, int):
        raise BadPurgeError("purge_input is missing, or neither percent nor a time")
    if not 1 <= given <= _WHOLE:
        raise BadPurgeError(f"purge_input is 1 to {_WHOLE} percent, not {given}")
    return given


def before_us(given: int | str, *, start_us: int, now_us: int) -> int:
    """Return the time before which all is dropped. Raises BadPurgeError for a text that is no time."""
    if isinstance(given, int):
        return start_us + (now_us - start_us) * given // _WHOLE
    try:
        relative = f"now{given}" if _RELATIVE.fullmatch(given) else given
        return instant(relative, now_us)
    except InvalidQueryError:
        return _written_us(given)


def _written_us(given: str) -> int:
    try:
        found = datetime.strptime(given, _FORM).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadPurgeError(f"purge_input {given[:64]!r} is no time: now-3h, or 2016 Jan 05 10:00:00.0") from error
    return (found - _EPOCH) // timedelta(microseconds=1)
