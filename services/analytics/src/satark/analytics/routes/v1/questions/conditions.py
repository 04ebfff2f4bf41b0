"""Conditions of a statement: texts that are ours, and values that are bound."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from satark.analytics.store.statement import Statement
from satark.analytics.web.problem import Problem

SECOND_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

LABEL = r"^[a-z][a-z0-9_]{0,63}="
"""A condition on a label, `name=value`."""


class Conditions:
    """Conditions that all must hold."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self.parameters: dict[str, Any] = {}

    def add(self, text: str, **values: Any) -> None:
        """Add a condition in our words, with values for its placeholders."""
        self._texts.append(text)
        self.parameters.update(values)

    def add_given(self, text: str, **value: Any) -> None:
        """Add a condition with one placeholder, unless its value is None or empty."""
        if any(one is not None and one != () for one in value.values()):
            self.add(text, **{name: listed(one) for name, one in value.items()})

    def add_time(self, text: str, name: str, time: datetime | None) -> None:
        """Add a condition `column >= ` or the like on a time, unless it is None."""
        if time is not None:
            self.add(f"{text} {time_of(name)}", **{name: microseconds(time)})

    def add_labels(self, labels: Iterable[str], column: str = "labels") -> None:
        """Add conditions on labels, each `name=value`, where `*` in the value stands for any text."""
        for number, condition in enumerate(labels):
            name, _, pattern = condition.partition("=")
            key, like = f"label{number}", f"like{number}"
            self.add(f"{column}[{{{key}:String}}] LIKE {{{like}:String}}", **{key: name, like: like_of(pattern)})

    @property
    def where(self) -> str:
        """The clause, empty without conditions."""
        return f"WHERE {self.text}" if self._texts else ""

    def statement(self, select: str, *behind: str, **values: Any) -> Statement:
        """Return `select`, the conditions, and what is behind them, with more values."""
        return Statement(" ".join([select, self.where, *behind]), {**self.parameters, **values})

    @property
    def having(self) -> str:
        """The clause after grouping, empty without conditions."""
        return f"HAVING {self.text}" if self._texts else ""

    @property
    def text(self) -> str:
        """The conditions, joined."""
        return " AND ".join(self._texts)


def time_of(name: str) -> str:
    """Return the placeholder of a time that is bound as microseconds since 1970."""
    return f"fromUnixTimestamp64Micro({{{name}:Int64}}, 'UTC')"


def microseconds(time: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def like_of(pattern: str) -> str:
    """Return the LIKE pattern of a text in which `*` stands for any text and nothing else is special."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")


def listed(value: Any) -> Any:
    """Return a value as the store's client wants it: its arrays are lists."""
    return list(value) if isinstance(value, tuple) else value


def only(rows: Iterable[Mapping[str, Any] | Any], what: str) -> Any:
    """Return the first of some rows. Raises Problem (404) where there is none."""
    for row in rows:
        return row
    raise Problem(404, "not_found", f"{what} is not known")
