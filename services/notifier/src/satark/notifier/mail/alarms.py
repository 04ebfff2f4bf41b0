"""What to say of an alarm: a rule of the operator's, or a built-in one, holds for an object."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from satark.notifier.mail import wording
from satark.notifier.mail.headers import clean
from satark.notifier.mail.words import Words
from satark.schemas.alarms import AlarmView
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Reason

MAX_CONDITIONS = 8
MAX_MATCHES = 4
VALUE_CHARS = 120
TEXT_CHARS = 300

ENDS: Mapping[str, str] = MappingProxyType(
    {
        "rule_removed": "Its rule is there no more.",
        "rule_disabled": "Its rule was switched off.",
        "out_of_scope": "Its rule is no longer about this object.",
        "object_gone": "Nobody tells anything of the object any more: it was removed, or those who watch it are gone.",
    }
)
CHECKS = (
    "What does the object say now? `satark uves {place}` shows it, with who says so and since when.",
    "Did anything change on it shortly before: a restart, an upgrade, a configuration?",
    "Have you taken it on? `satark alarms ack {place} {alarm}` tells the others.",
)


def words(event: IncidentEvent, alarm: AlarmView) -> Words:
    """Return what to say."""
    name = clean(event.labels.get("alarm", "") or alarm.type, wording.NAME_CHARS)
    said = clean(alarm.description, TEXT_CHARS)
    place = wording.place(event)
    if isinstance(event, IncidentResolved):
        return _over(event, alarm, name, place)
    head = f"{place} has the alarm {name} ({event.severity.value})" + (f": {said}" if said else ".")
    found = list(_conditions(alarm))
    more = [f"and {len(found) - MAX_CONDITIONS} more conditions."] if len(found) > MAX_CONDITIONS else []
    beginning = f"It began at {wording.moment(event.opened_at)}."
    if event.reason is Reason.ACKNOWLEDGED:
        beginning += " It was acknowledged."
    gist = said.rstrip(".") or name
    object_ = f"{event.labels.get('type', '')}:{event.labels.get('object', '')}"
    checks = tuple(each.format(place=clean(object_, wording.NAME_CHARS), alarm=name) for each in CHECKS)
    return Words(tuple(dict.fromkeys((gist, name))), (head, *found[:MAX_CONDITIONS], *more, beginning), checks)


def _over(event: IncidentResolved, alarm: AlarmView, name: str, place: str) -> Words:
    length = wording.duration(event.duration_s)
    span = f"from {wording.moment(event.opened_at)} to {wording.moment(event.ended_at)}"
    why = ENDS.get(alarm.reason, "Its conditions hold no more.")
    return Words(
        (f"{name} is over after {length}", f"over after {length}"),
        (f"The alarm {name} of {place} is over. {why} It lasted {length}: {span}.",),
    )


def _conditions(alarm: AlarmView) -> Iterator[str]:
    """Yield a sentence for each condition that holds; those of another lists are told alike, since each is enough."""
    for together in _lists(alarm.alarm_rules, "or_list"):
        for each in _lists(together, "and_list"):
            condition = each.get("condition", {})
            other = condition.get("operand2", {})
            against = other.get("uve_attribute") or other.get("json_value") or ""
            rule = f"{condition.get('operand1', '')} {condition.get('operation', '')} {against}"
            matches = _lists(each, "match")
            more = len(matches) - MAX_MATCHES + int(each.get("more", 0))
            values = [_match(match) for match in matches[:MAX_MATCHES]] + ([f"{more} more"] if more > 0 else [])
            yield f"{clean(rule, TEXT_CHARS)} holds: {'; '.join(values)}."


def _match(match: Mapping[str, Any]) -> str:
    text = f"it is {_value(match.get('json_operand1_value'))}"
    if "json_operand2_value" in match:
        text += f" against {_value(match['json_operand2_value'])}"
    variables = match.get("json_variables")
    named = variables.items() if isinstance(variables, dict) else ()
    told = [f"{clean(name.rpartition('.')[2], 64)} {_value(value)}" for name, value in named if value != "null"]
    return f"{text} ({', '.join(told)})" if told else text


def _value(text: Any) -> str:
    return "missing" if text == "null" else clean(str(text), VALUE_CHARS)


def _lists(table: Any, name: str) -> list[Mapping[str, Any]]:
    """Return the tables of a list; what is none is left out, since the rules come as plain JSON."""
    found = table.get(name) if isinstance(table, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
