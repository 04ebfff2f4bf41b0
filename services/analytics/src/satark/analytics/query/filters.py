"""Terms of `filter` (specs/analytics.md, clause 3.1): an OR of ANDs over the plain columns that are selected."""

from collections.abc import Iterable, Mapping

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Column, Datatype
from satark.analytics.query.conditions import any_of
from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.expressions import Expression
from satark.analytics.query.request import Op, Term, Terms
from satark.analytics.query.values import real, whole, written

Selected = Mapping[str, tuple[Column, Expression]]

LONGEST_PATTERN = 4096


def matching(alternatives: Iterable[Terms], selected: Selected, binder: Binder) -> str:
    """Return the condition, empty when nothing is filtered. Raises InvalidQueryError."""
    return any_of([_all(terms, selected, binder) for terms in alternatives])


def patterns(alternatives: Iterable[Terms]) -> list[str]:
    """Return the regular expressions as they are given, and as they are used: the engine must take both."""
    given = [written(term.value) for terms in alternatives for term in terms if term.op == Op.REGEX_MATCH]
    return [pattern for each in given for pattern in (each, whole_value(each))]


def whole_value(pattern: str) -> str:
    """Return a pattern that must match the whole value."""
    return f"^(?:{pattern})$"


def _all(terms: Terms, selected: Selected, binder: Binder) -> list[str]:
    if not terms:
        raise InvalidQueryError("Invalid filter: an empty list of terms")
    return [_term(term, selected, binder) for term in terms]


def _term(term: Term, selected: Selected, binder: Binder) -> str:
    if term.name not in selected:
        raise InvalidQueryError(f"Invalid filter: {term.name[:256]} is not selected as a plain column")
    column, expression = selected[term.name]
    match term.op:
        case Op.EQUAL:
            return f"{expression.as_text} = {binder.text(written(term.value))}"
        case Op.NOT_EQUAL:
            return f"{expression.as_text} != {binder.text(written(term.value))}"
        case Op.LEQ | Op.GEQ:
            return _bounded(term, column, expression, binder)
        case Op.REGEX_MATCH:
            return f"match({expression.as_text}, {binder.text(whole_value(_pattern(term)))})"
    raise InvalidQueryError(f"Invalid filter: op {term.op} of {term.name[:256]}")


def _bounded(term: Term, column: Column, expression: Expression, binder: Binder) -> str:
    is_double = column.datatype is Datatype.DOUBLE
    limit = binder.double(real(term.value, term.name)) if is_double else binder.integer(whole(term.value, term.name))
    sign = "<=" if term.op == Op.LEQ else ">="
    return f"{expression.as_number(double=is_double)} {sign} {limit}"


def _pattern(term: Term) -> str:
    pattern = written(term.value)
    if len(pattern) > LONGEST_PATTERN:
        raise InvalidQueryError(f"Invalid filter: a pattern longer than {LONGEST_PATTERN} characters")
    return pattern
