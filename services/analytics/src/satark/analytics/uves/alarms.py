"""The detector's alarms as a share of the struct `UVEAlarms` (analytics.md 2.5). Pure.

As a share they are shown, filtered and put together with what other alarm generators say by the very same rules.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from satark.analytics.uves.tokens import Tokens
from satark.schemas.alarms import AlarmSeverity, AlarmView
from satark.schemas.uves import Value
from satark.uve.filters import ALARMS
from satark.uve.known import known_as
from satark.uve.part import Share
from satark.uve.told import microseconds
from satark.uve.uve import Uve

DETECTOR = "satark:Analytics:satark-detector:0"
"""The generator that the detector's alarms are said by."""

SEVERITIES: Mapping[AlarmSeverity, int] = MappingProxyType(
    {AlarmSeverity.CRITICAL: 0, AlarmSeverity.MAJOR: 1, AlarmSeverity.MINOR: 2}
)

_STRUCTS: Mapping[str, str] = MappingProxyType(
    {
        "alarms": "UVEAlarmInfo",
        "alarm_rules": "AlarmRules",
        "or_list": "AlarmAndList",
        "and_list": "AlarmConditionMatch",
        "condition": "AlarmCondition",
        "operand2": "AlarmOperand2",
        "match": "AlarmMatch",
    }
)
"""What the original's schema calls the struct that is in a field."""

_MAPS = frozenset(("json_variables",))
_TYPES: Mapping[str, str] = MappingProxyType({"timestamp": "u64"})


def add_alarms(uve: Uve, entity: str, alarms: Sequence[AlarmView], tokens: Tokens) -> None:
    """Let the detector say the alarms of an object."""
    if not alarms:
        return
    struct, name = ALARMS
    newest = max(microseconds(alarm.time) for alarm in alarms)
    value = alarms_value(entity, alarms, tokens)
    share = Share(0, "AlarmTrace", True, 0, newest, newest, {name: (0, known_as(value))})
    part = uve.parts[struct] = uve.part(struct)
    part.restore(DETECTOR, share)


def alarms_value(entity: str, alarms: Sequence[AlarmView], tokens: Tokens) -> Value:
    """Return alarms as the list that an alarm generator sends."""
    plain = [plain_alarm(entity, alarm, tokens) for alarm in alarms]
    items = tuple(_value("alarms", alarm) for alarm in plain)
    return Value(type="list", element="struct", items=items, annotations={"aggtype": "union"})


def plain_alarm(entity: str, alarm: AlarmView, tokens: Tokens) -> dict[str, Any]:
    """Return an alarm as the original shows it; what it has no name for is left out."""
    return {
        "type": alarm.type,
        "severity": SEVERITIES[alarm.severity],
        "timestamp": microseconds(alarm.time),
        "token": tokens.of(entity, alarm.type, alarm.token),
        "ack": alarm.acknowledged,
        "description": alarm.description,
        "alarm_rules": alarm.alarm_rules,
    }


def _value(name: str, plain: Any) -> Value:
    """Return a plain value as one with types: of numbers and texts by what they are, of all else by its name."""
    match plain:
        case dict():
            return _of_members(name, plain)
        case list():
            return _of_elements(name, plain)
        case bool():
            return Value(type="bool", text="true" if plain else "false")
        case int():
            return Value(type=_TYPES.get(name, "i32"), text=str(plain))
        case _:
            return Value(type="string", text=str(plain))


def _of_members(name: str, plain: Mapping[str, Any]) -> Value:
    if name in _MAPS:
        return Value(type="map", key="string", element="string", entries=tuple(plain.items()))
    fields = {field: _value(field, each) for field, each in plain.items()}
    return Value(type="struct", struct=_STRUCTS.get(name, name), fields=fields)


def _of_elements(name: str, plain: Sequence[Any]) -> Value:
    if name in _STRUCTS or any(isinstance(each, dict) for each in plain):
        return Value(type="list", element="struct", items=tuple(_value(name, each) for each in plain))
    return Value(type="list", element="string", items=tuple(str(each) for each in plain))
