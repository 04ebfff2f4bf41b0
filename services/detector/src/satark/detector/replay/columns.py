"""Tables of samples: what the columns of a CSV file are, and the sample of a row. Pure.

`time` (RFC 3339, without an offset UTC; or epoch seconds or milliseconds) and `entity` are needed; `kind`, `interval_s`
and `backfilled` may be there. `label.NAME` is a name that a person knows the entity by. Every other column is a metric,
its unit in its name; an empty cell was not measured.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from satark.schemas.metrics import WAN_LINK, MetricSample

LABEL = "label."
NEEDED = ("time", "entity")
OPTIONAL = ("kind", "interval_s", "backfilled")
TRUE, FALSE = {"true", "yes", "1"}, {"false", "no", "0", ""}
MILLIS_FROM = 1e11
"""A number of seconds this large is in the year 5138: it is milliseconds."""

_METRIC = re.compile(r"[a-z][a-z0-9_.]{0,127}", re.ASCII)
_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)


class BadHeaderError(ValueError):
    """The first line of a table does not name what is needed."""


class BadRowError(ValueError):
    """A row is no sample."""


class Columns:
    """What each column is; `interval_s` is the length of a sample where no column tells it."""

    def __init__(self, header: Sequence[str], *, interval_s: int) -> None:
        """Read a header. Raises BadHeaderError, which tells every mistake."""
        names = [name.strip() for name in header]
        mistakes = list(_mistakes(names))
        if mistakes:
            raise BadHeaderError("; ".join(mistakes))
        self._count = len(names)
        self._place = {name: place for place, name in enumerate(names)}
        self._metrics = [(place, name) for place, name in enumerate(names) if _is_metric(name)]
        self._labels = [(p, name.removeprefix(LABEL)) for p, name in enumerate(names) if name.startswith(LABEL)]
        self._interval_s = str(interval_s)

    def sample(self, row: Sequence[str]) -> MetricSample:
        """Return the sample of a row. Raises BadRowError."""
        if len(row) != self._count:
            raise BadRowError(f"{len(row)} cells under {self._count} columns")
        cells = [cell.strip() for cell in row]
        entity = cells[self._place["entity"]]
        if not entity:
            raise BadRowError("the entity is empty")
        try:
            return MetricSample.of(
                entity=entity,
                kind=self._option("kind", cells) or WAN_LINK,
                time=moment(cells[self._place["time"]]),
                interval_s=_interval(self._option("interval_s", cells) or self._interval_s),
                metrics={name: _value(name, cells[place]) for place, name in self._metrics if cells[place]},
                labels={name: cells[place] for place, name in self._labels if cells[place]},
                backfilled=_flag(self._option("backfilled", cells)),
            )
        except ValueError as error:
            raise BadRowError(str(error)) from error

    def _option(self, name: str, cells: Sequence[str]) -> str:
        return cells[self._place[name]] if name in self._place else ""


def _mistakes(names: Sequence[str]) -> Iterator[str]:
    yield from (f"there is no column {name}" for name in NEEDED if name not in names)
    yield from (f"column {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1}))
    metrics = [name for name in names if _is_metric(name)]
    for name in metrics:
        if not _METRIC.fullmatch(name):
            yield f"column {name!r} is no name of a metric (like latency_ms_rx) nor of a label (like label.isp)"
    if not metrics:
        yield "there is no column of a metric"


def moment(text: str) -> datetime:
    """Return the time that a cell says, aware. Raises ValueError."""
    if _NUMBER.fullmatch(text):
        seconds = float(text)
        seconds = seconds / 1000 if seconds >= MILLIS_FROM else seconds
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise ValueError(f"time {text} is after the year 9999") from error
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"time {text!r} is neither like 2026-03-02T10:00Z nor epoch seconds") from error
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _is_metric(name: str) -> bool:
    return name not in NEEDED and name not in OPTIONAL and not name.startswith(LABEL)


def _value(name: str, cell: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise BadRowError(f"{name} {cell!r} is not a number; a name belongs in a column label.{name}") from error


def _interval(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise BadRowError(f"interval_s {text!r} is not a number of seconds")
    return int(text)


def _flag(text: str) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise BadRowError(f"backfilled {text!r} is neither true nor false")
    return text.lower() in TRUE
