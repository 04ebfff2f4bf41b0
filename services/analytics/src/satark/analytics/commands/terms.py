"""Terms of a query's `where` and `filter`: /analytics/query of Contrail (op numbers, OR of ANDs). Pure."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from itertools import product
from typing import Any

Term = dict[str, Any]
"""`name`, `value`, `op`, and where they are used `value2` and `suffix`."""

Where = list[list[Term]]
"""An OR of ANDs."""


class Op(IntEnum):
    """What a term asks of a column."""

    EQUAL = 1
    NOT_EQUAL = 2
    IN_RANGE = 3
    LEQ = 5
    GEQ = 6
    PREFIX = 7
    REGEX_MATCH = 8
    CONTAINS = 9


def term(name: str, value: Any, op: Op = Op.EQUAL, *, value2: Any = None, suffix: Term | None = None) -> Term:
    """Return a term."""
    made: Term = {"name": name, "value": value, "op": int(op)}
    if value2 is not None:
        made["value2"] = value2
    if suffix is not None:
        made["suffix"] = suffix
    return made


def named(name: str, text: str) -> Term:
    """Return a term for a name as people write it: a `*` at its end stands for any rest."""
    if text.endswith("*"):
        return term(name, text[:-1], Op.PREFIX)
    return term(name, text)


def any_of_each(choices: Iterable[tuple[str, Sequence[str]]]) -> Where:
    """Return every combination of one value of each column; a column without values asks nothing."""
    columns = [[named(column, value) for value in values] for column, values in choices if values]
    return [list(combination) for combination in product(*columns)] if columns else []
