"""The parameters that routes below /v1 share, and what handlers read of them."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request

from satark.analytics.routes.v1.questions.conditions import LABEL
from satark.analytics.store.statement import Reader, Row, Statement
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Parameter

Now = Callable[[], datetime]
"""The time, aware, UTC."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Later than this no DateTime64(6) is compared."""

MAX_SECONDS = 30
"""What is asked for here is ready in far less; what takes longer would keep others waiting."""

_TIME = {"type": "string", "format": "date-time", "maxLength": 40}
_LENGTH = re.compile(r"([1-9][0-9]{0,4})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

START = Parameter("start", "From when on (RFC 3339).", _TIME)
END = Parameter("end", "Until before when; now if not said.", _TIME)
LAST = Parameter(
    "last",
    "How far back from `end`, where there is no `start`: 90m, 24h, 7d, 52w.",
    {"type": "string", "pattern": f"^{_LENGTH.pattern}$", "maxLength": 6},
)
LABELS = Parameter(
    "label",
    "A label and its value, as edge=Pune-01; `*` in the value stands for any text. All that are given must hold.",
    {"type": "array", "maxItems": 16, "items": {"type": "string", "pattern": LABEL, "maxLength": 1100}},
)
ENTITY = Parameter("entity", "The entity's key.", {"type": "string", "minLength": 1, "maxLength": 512})
KIND = Parameter(
    "kind", "What the entity is, for example wan-link.", {"type": "string", "minLength": 1, "maxLength": 64}
)

NOT_MODIFIED = Answer(304, "The caller has it already (If-None-Match).")


def answers(description: str, kind: Any) -> tuple[Answer, ...]:
    """Return how a route answers that gives values of a type."""
    return Answer(200, description, schema_of(kind)), NOT_MODIFIED


def schema_of(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema of a type."""
    return msgspec.json.schema(kind)


async def rows(store: Reader, statement: Statement) -> list[Row]:
    """Return the rows that a statement gives; it is asked in a thread. Raises StoreError, also when it takes too long."""
    limited = Statement(f"{statement.sql} SETTINGS max_execution_time = {MAX_SECONDS}", statement.parameters)
    return await asyncio.to_thread(store.rows, limited)


def values(request: Request) -> dict[str, Any]:
    """Return the parameters of a request by name."""
    found: dict[str, Any] = request.state.parameters
    return found


def span(given: dict[str, Any], now: datetime, *, default: timedelta) -> tuple[datetime, datetime]:
    """Return from when to when is asked. Raises Problem (400) for an end before its start, or a start said twice."""
    start, end, last = given["start"], given["end"] or now, given["last"]
    if start is not None and last is not None:
        raise Problem(400, "bad_parameter", "start and last: keep one")
    if start is None:
        start = end - min(_length(last) if last else default, end - EARLIEST)
    if not EARLIEST <= start < end <= LATEST:
        raise Problem(400, "bad_parameter", "start and end: the start must be before the end, and both after 1970")
    return start, end


def within(given: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return from when to when is asked, where either may be left open. Raises Problem (400)."""
    start, end = given["start"], given["end"]
    for time in (start, end):
        if time is not None and not EARLIEST <= time <= LATEST:
            raise Problem(400, "bad_parameter", "start and end: must be after 1970 and before 2100")
    return start, end


def page(found: Sequence[Row], limit: int) -> tuple[Sequence[Row], bool]:
    """Return a page's rows of those that were asked for, one more than it holds, and whether there are others."""
    return found[:limit], len(found) > limit


def _length(text: str) -> timedelta:
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no length of time")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
