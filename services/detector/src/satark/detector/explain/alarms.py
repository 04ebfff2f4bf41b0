"""What an alarm of a rule rests on: the conditions that hold, and the values that they hold for. Pure.

Such an incident has no symptoms. Its rule's conditions are a list of lists: any of the outer, all of an inner together.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from satark.detector.explain.words import printable
from satark.schemas.alarms import AlarmView

COLUMNS = ("condition", "seen", "compared with", "at")
MAX_VALUE_CHARS = 120
ABSENT = "null"


def headline(alarm: AlarmView) -> str:
    """Return the alarm's rule, why it was told and what the rule says of it."""
    parts = [f"alarm {alarm.type}", alarm.reason.replace("_", " "), alarm.description]
    parts.append("acknowledged" if alarm.acknowledged else "")
    return printable("; ".join(part for part in parts if part))


def rows(alarm: AlarmView) -> Iterator[tuple[str, ...]]:
    """Yield a row of COLUMNS for each value that a condition holds for. What is no such list is passed over."""
    for together in _tables(alarm.alarm_rules, "or_list"):
        for each in _tables(together, "and_list"):
            condition = each.get("condition")
            told = _condition(condition if isinstance(condition, dict) else {})
            for match in _tables(each, "match"):
                yield told, _value(match.get("json_operand1_value", "")), *_rest(match)
            if more := each.get("more"):
                yield told, f"{_value(more)} more", "", ""


def _condition(condition: Mapping[str, Any]) -> str:
    other = condition.get("operand2")
    against = other.get("uve_attribute") or other.get("json_value") if isinstance(other, dict) else None
    parts = (condition.get("operand1"), condition.get("operation"), against)
    return " ".join(_value(part) for part in parts if part)


def _rest(match: Mapping[str, Any]) -> tuple[str, str]:
    variables = match.get("json_variables")
    named = variables.items() if isinstance(variables, dict) else ()
    told = [f"{printable(str(name)).rpartition('.')[2]} {_value(value)}" for name, value in named if value != ABSENT]
    return _value(match.get("json_operand2_value", "")), ", ".join(told)


def _value(value: Any) -> str:
    text = printable(str(value))
    return text if len(text) <= MAX_VALUE_CHARS else f"{text[: MAX_VALUE_CHARS - 1]}…"


def _tables(holder: Any, name: str) -> list[Mapping[str, Any]]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
