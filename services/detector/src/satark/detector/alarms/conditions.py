"""One condition, compiled once and evaluated against the flat JSON of an object. Source: analytics specification, 4.2.

What the original answers with an exception, and then with an alarm, is a trouble here: a value that says what is
wrong with the rule or the data. The element that it was met at does not match; others may.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from satark.detector.alarms.matches import json_text
from satark.detector.alarms.operations import NotComparableError, compare, is_range, kind_of
from satark.detector.alarms.paths import Absent, AttributePath, Leaf, PathError, Resolution, TooManyError, compiled
from satark.uve.alarms import Condition, ConditionMatch, Match, Operation

MAX_MATCHES = 100
MAX_TROUBLE_CHARS = 200


class ConditionError(ValueError):
    """The condition can never be evaluated."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The condition's matches, None when it does not hold, and what went wrong on the way, empty for nothing."""

    matched: ConditionMatch | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition that is ready to be evaluated. `other` gives the second operand of an object."""

    condition: Condition
    path: AttributePath
    other: Callable[[Mapping[str, Any]], Resolution]
    other_path: AttributePath | None
    variables: tuple[AttributePath, ...]

    @property
    def paths(self) -> tuple[AttributePath, ...]:
        """All attributes that the outcome depends on."""
        other = () if self.other_path is None else (self.other_path,)
        return (self.path, *other, *self.variables)

    def evaluate(self, uve: Mapping[str, Any]) -> Outcome:
        """Return for which of its elements the condition holds for an object. Raises nothing."""
        troubles: list[str] = []
        try:
            pairs = self._pairs(uve)
            holding = [pair for pair in pairs if self._holds(*pair, troubles)]
            matches = tuple(self._match(*pair, uve) for pair in holding[:MAX_MATCHES])
        except TooManyError as error:
            return Outcome(None, _brief(str(error)))
        trouble = _brief(troubles[0]) if troubles else ""
        if not matches:
            return Outcome(None, trouble)
        return Outcome(
            ConditionMatch(condition=self.condition, match=matches, more=len(holding) - len(matches)), trouble
        )

    def _pairs(self, uve: Mapping[str, Any]) -> Iterable[tuple[Leaf, Leaf]]:
        return _paired(self.path.resolve(uve), self.other(uve))

    def _holds(self, left: Leaf, right: Leaf, troubles: list[str]) -> bool:
        if Absent.BROKEN in {_absence(left), _absence(right)}:
            broken = self.path if left.value is Absent.BROKEN else self.other_path
            troubles.append(f"{broken.text if broken else ''}: the path goes on below a value that holds no others")
            return False
        if _absence(left) or _absence(right):
            return False
        try:
            return compare(self.condition.operation, left.value, right.value)
        except NotComparableError as error:
            troubles.append(f"{self.path.text}: {error}")
            return False

    def _match(self, left: Leaf, right: Leaf, uve: Mapping[str, Any]) -> Match:
        return Match(
            json_operand1_value=json_text(left.value),
            json_operand2_value=UNSET if self.other_path is None else json_text(right.value),
            json_variables={path.text: json_text(self._variable(path, left, right, uve)) for path in self.variables},
        )

    def _variable(self, path: AttributePath, left: Leaf, right: Leaf, uve: Mapping[str, Any]) -> Any:
        """Return a variable's value on the trail of the operand that it has more steps in common with."""
        if self.other_path is None or path.shared(self.path) >= path.shared(self.other_path):
            return path.resolve_along(self.path, left, uve)
        return path.resolve_along(self.other_path, right, uve)


def compile_condition(condition: Condition) -> CompiledCondition:
    """Return a condition ready to be evaluated. Raises ConditionError with the member that is wrong, and why."""
    attribute, text = condition.operand2.uve_attribute, condition.operand2.json_value
    other_path = _path("operand2.uve_attribute", attribute) if isinstance(attribute, str) else None
    if (other_path is None) == (text is UNSET):
        raise ConditionError("operand2: expected one of uve_attribute and json_value")
    return CompiledCondition(
        condition=condition,
        path=_path("operand1", condition.operand1),
        other=other_path.resolve if other_path else _constant(condition.operation, str(text)),
        other_path=other_path,
        variables=tuple(_path("variables", one) for one in condition.variables),
    )


def _path(member: str, text: str) -> AttributePath:
    try:
        return compiled(text)
    except PathError as error:
        raise ConditionError(f"{member}: {error}") from error


def _constant(operation: Operation, text: str) -> Callable[[Mapping[str, Any]], Resolution]:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise ConditionError(f"operand2.json_value: {text[:64]!r} is not JSON; a text needs its quotes") from error
    if operation is Operation.RANGE and not is_range(value):
        raise ConditionError("operand2.json_value: expected two numbers, the lower first: [70, 90]")
    if operation in {Operation.SIZE_EQUAL, Operation.SIZE_UNEQUAL} and kind_of(value) != "a number":
        raise ConditionError(f"operand2.json_value: expected a number of elements, not {kind_of(value)}")
    always = Resolution((Leaf(value),), spread=False)
    return lambda _: always


def _paired(left: Resolution, right: Resolution) -> Iterator[tuple[Leaf, Leaf]]:
    """Yield what is compared: position by position where both spread, else each with each."""
    if left.spread and right.spread:
        if len(left.leaves) == len(right.leaves):
            yield from zip(left.leaves, right.leaves, strict=True)
        return
    for one in left.leaves:
        for other in right.leaves:
            yield one, other


def _absence(leaf: Leaf) -> Absent | None:
    return leaf.value if isinstance(leaf.value, Absent) else None


def _brief(text: str) -> str:
    return text if len(text) <= MAX_TROUBLE_CHARS else text[: MAX_TROUBLE_CHARS - 1] + "…"
