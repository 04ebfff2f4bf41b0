"""Tables of samples: what the columns of a CSV file are, and the sample of a row. Pure.

`time` (RFC 3339, without an offset UTC; or epoch seconds or milliseconds) and `entity` are needed; `kind`, `interval_s`
and `backfilled` may be there. `label.NAME` is a name that a person knows the entity by. Every other column is a metric,
its unit in its name; an empty cell was not measured.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Columns:
    """What each column is; `interval_s` is the length of a sample where no column tells it."""

    names: tuple[str, ...]
    interval_s: int

    @classmethod
    def of(cls, header: Sequence[str], *, interval_s: int) -> "Columns":
        """Return the columns of a header. Raises BadHeaderError, which tells every mistake."""
        names = tuple(name.strip() for name in header)
        mistakes = [f"there is no column {name}" for name in NEEDED if name not in names]
        mistakes += [f"column {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1})]
        metrics = [name for name in names if _is_metric(name)]
        mistakes += [
            f"column {name!r} is no name of a metric (like latency_ms_rx) nor of a label (like label.isp)"
            for name in metrics
            if not _METRIC.fullmatch(name)
        ]
        if not metrics:
            mistakes.append("there is no column of a metric")
        if mistakes:
            raise BadHeaderError("; ".join(mistakes))
        return cls(names, interval_s)

    def sample(self, row: Sequence[str]) -> MetricSample:
        """Return the sample of a row. Raises BadRowError."""
        if len(row) != len(self.names):
            raise BadRowError(f"{len(row)} cells under {len(self.names)} columns")
        cells = {name: cell.strip() for name, cell in zip(self.names, row, strict=True)}
        if not cells["entity"]:
            raise BadRowError("the entity is empty")
        metrics = {name: _value(name, cell) for name, cell in cells.items() if cell and _is_metric(name)}
        labels = {name.removeprefix(LABEL): cell for name, cell in cells.items() if cell and name.startswith(LABEL)}
        try:
            return MetricSample.of(
                entity=cells["entity"],
                kind=cells.get("kind") or WAN_LINK,
                time=moment(cells["time"]),
                interval_s=self._interval(cells),
                metrics=metrics,
                labels=labels,
                backfilled=_flag(cells.get("backfilled", "")),
            )
        except ValueError as error:
            raise BadRowError(str(error)) from error

    def _interval(self, cells: Mapping[str, str]) -> int:
        text = cells.get("interval_s") or str(self.interval_s)
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            raise BadRowError(f"interval_s {text!r} is not a number of seconds")
        return int(text)


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


def _flag(text: str) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise BadRowError(f"backfilled {text!r} is neither true nor false")
    return text.lower() in TRUE
