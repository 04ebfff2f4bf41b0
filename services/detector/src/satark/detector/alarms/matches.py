"""What made a condition hold: the operands and variables of each element that matched, as the original tells them.

Source: analytics specification, 2.5 and 4.2. All values are JSON texts.
"""

import json
from collections.abc import Iterable
from typing import Any

from satark.uve.alarms import AlarmRules, Condition, ConditionMatch, Operation

MAX_TEXT_CHARS = 4096
"""A longer value is told by its beginning, so that an alarm always fits into a record."""

_MOVING = frozenset(
    {Operation.LESS, Operation.LESS_OR_EQUAL, Operation.GREATER, Operation.GREATER_OR_EQUAL, Operation.RANGE}
)


def json_text(value: Any) -> str:
    """Return a value as JSON text; of a very long one a text with its beginning."""
    try:
        text = json.dumps(value)
    except RecursionError:
        return json.dumps("nested too deeply")
    return text if len(text) <= MAX_TEXT_CHARS else json.dumps(text[: MAX_TEXT_CHARS // 2] + "…")


def is_news(before: AlarmRules, after: AlarmRules) -> bool:
    """Return whether the details changed in a way that is worth a new token (4.3).

    Where an operation is about a moving number, only a change of the variables counts. The order of matches never does.
    """
    return _essence(before) != _essence(after)


def _essence(rules: AlarmRules) -> list[list[tuple[Condition, list[Any], int]]]:
    return [[(one.condition, _told(one), _more(one)) for one in together.and_list] for together in rules.or_list]


def _told(matched: ConditionMatch) -> list[Any]:
    variables = ((match, sorted(match.json_variables.items())) for match in matched.match)
    if _is_moving(matched):
        return _distinct(values for _, values in variables)
    return sorted((one.json_operand1_value, one.json_operand2_value or "", values) for one, values in variables)


def _more(matched: ConditionMatch) -> int:
    return 0 if _is_moving(matched) else matched.more


def _is_moving(matched: ConditionMatch) -> bool:
    return matched.condition.operation in _MOVING


def _distinct(values: Iterable[list[tuple[str, str]]]) -> list[Any]:
    return sorted({tuple(one) for one in values})
