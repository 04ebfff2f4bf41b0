"""Select fields: plain columns, times, aggregates, classes (specs/analytics.md, clause 3.2)."""

import re
from dataclasses import dataclass

from satark.analytics.query.catalogue import Table, TableType
from satark.analytics.query.errors import InvalidQueryError

LONGEST_BIN_S = 10**9
FUNCTIONS = ("COUNT_DISTINCT", "COUNT", "SUM", "MAX", "MIN", "AVG", "PERCENTILES", "CLASS")

_CALL = re.compile(rf"({'|'.join(FUNCTIONS)})\((.+)\)", re.DOTALL)
_BIN = re.compile(r"T=([0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `name` is what was written, `member` what the value is called in a result."""

    name: str
    member: str


@dataclass(frozen=True, slots=True)
class Plain(Field):
    """A column."""

    column: str


@dataclass(frozen=True, slots=True)
class Time(Field):
    """The sample's time."""


@dataclass(frozen=True, slots=True)
class Bin(Field):
    """The beginning of the time bin of `seconds` in which the sample is."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Uuid(Field):
    """The sample's id."""


@dataclass(frozen=True, slots=True)
class Aggregate(Field):
    """A function over a column of all samples of a group; `column` is empty when samples are counted."""

    function: str
    column: str


@dataclass(frozen=True, slots=True)
class Class(Field):
    """A hash over the plain columns but one, so that rows of one series can be told from others."""

    without: str


def parse(fields: tuple[str, ...], table: Table) -> tuple[Field, ...]:
    """Return the fields, each once. Raises InvalidQueryError for what this kind of table cannot have at all."""
    found = {each.name: each for each in (_field(name, table) for name in fields)}
    if not found:
        raise InvalidQueryError("Invalid select_fields: nothing is selected")
    selected = tuple(found.values())
    if any(isinstance(each, Time) for each in selected) and any(isinstance(each, Bin) for each in selected):
        raise InvalidQueryError("Stats query cannot have both T and T=")
    if sum(isinstance(each, Bin) for each in selected) > 1:
        raise InvalidQueryError("Stats query cannot have more than one T=")
    if len(selected) == 1 and selected[0].name in ("flow_class_id", "session_class_id"):
        raise InvalidQueryError(f"Invalid field {selected[0].name}: it is nothing on its own")
    return selected


def series(table: Table) -> bool:
    """Return whether rows of the table are samples, which are grouped."""
    return table.type is TableType.STAT or table.name.endswith("SeriesTable")


def _field(name: str, table: Table) -> Field:
    if not series(table):
        return _of_records(name)
    found = _BIN.fullmatch(name)
    if found:
        return Bin(name, "T=", _seconds(found[1]))
    call = _CALL.fullmatch(name)
    if call:
        return _call(name, call[1], call[2], table)
    return _computed(name, table) or Plain(name, name, name)


def _computed(name: str, table: Table) -> Field | None:
    if name == "T":
        return Time(name, name)
    if name == "UUID" and table.type is TableType.STAT:
        return Uuid(name, name)
    if name in ("flow_class_id", "session_class_id") and name in table.columns:
        return Class(name, name, "")
    return Aggregate(name, name, "COUNT", "") if name == "sample_count" and name in table.columns else None


def _of_records(name: str) -> Field:
    call = _CALL.fullmatch(name)
    if call and call[1] == "SUM" and ("teardown_" in call[2] or call[2].startswith("agg-")):
        return Plain(name, call[2], call[2])
    return Plain(name, name, name)


def _call(name: str, function: str, argument: str, table: Table) -> Field:
    if function == "CLASS":
        return Class(name, name, argument)
    if function == "COUNT":
        _check_count(argument, table)
        return Aggregate(name, name, "COUNT", "")
    return Aggregate(name, name, function, argument)


def _check_count(argument: str, table: Table) -> None:
    attribute = table.attribute
    if table.type is not TableType.STAT or argument not in (attribute, attribute.rpartition(".")[2]):
        raise InvalidQueryError(f"Invalid COUNT field {argument[:256]}")


def _seconds(digits: str) -> int:
    seconds = int(digits)
    if not 0 < seconds <= LONGEST_BIN_S:
        raise InvalidQueryError(f"Invalid field T={digits}: a bin has 1 to {LONGEST_BIN_S} seconds")
    return seconds
