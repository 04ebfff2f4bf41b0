"""The alarms of an object as they are stored: what is remembered of each rule, and the alarm as it is shown.

Source: analytics specification, 2.5, 4.1 and 4.2. All values in matches are JSON texts. The token of the original holds
an address that its server calls; here it is an opaque id (target).
"""

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

Path = Annotated[
    str,
    Meta(
        description="An attribute of the object: names joined by dots; *, __value and __key for what a map holds.",
        pattern=r"^[^.]+(\.[^.]+)*$",
        examples=["NodeStatus.disk_usage_info.*.percentage_partition_space_used"],
        max_length=512,
    ),
]
JsonText = Annotated[
    str, Meta(description='A value as JSON text: 90, true, null, "text" or [70, 90].', max_length=4096)
]


class Operation(StrEnum):
    """How two operands are compared."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    IN = "in"
    NOT_IN = "not in"
    RANGE = "range"
    SIZE_EQUAL = "size=="
    SIZE_UNEQUAL = "size!="


class Operand2(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the attribute is compared with: exactly one of both members."""

    uve_attribute: Path | UnsetType = UNSET
    json_value: JsonText | UnsetType = UNSET


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One comparison."""

    operand1: Path
    operation: Operation
    operand2: Operand2
    variables: Annotated[tuple[Path, ...], Meta(description="Attributes to tell with each match.", max_length=16)] = ()


class Match(Struct, frozen=True, kw_only=True):
    """One element, entry or value for which a condition holds."""

    json_operand1_value: Annotated[str, Meta(description="The value, as JSON text.")]
    json_operand2_value: Annotated[
        str | UnsetType, Meta(description="What it was compared with, if that is an attribute too.")
    ] = UNSET
    json_variables: Annotated[dict[str, str], Meta(description="The values of the variables, as JSON texts.")]


class ConditionMatch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A condition with its matches; `more` were left out."""

    condition: Condition
    match: tuple[Match, ...]
    more: int = 0


class AndListMatch(Struct, frozen=True, kw_only=True):
    """Conditions that hold together."""

    and_list: tuple[ConditionMatch, ...]


class AlarmRules(Struct, frozen=True, kw_only=True):
    """The lists of conditions that hold; those that do not are left out."""

    or_list: tuple[AndListMatch, ...]


class Alarm(Struct, frozen=True, kw_only=True):
    """An alarm as it is shown."""

    type: Annotated[str, Meta(description="Parent and name of the rule, joined by a colon.")]
    severity: Annotated[int, Meta(description="0 critical, 1 major, 2 minor.", ge=0, le=2)]
    timestamp: Annotated[int, Meta(description="Microseconds since 1970 of the setting or of the last real change.")]
    token: Annotated[str, Meta(description="Names this view of the alarm: who acknowledges has seen it.")]
    ack: Annotated[bool, Meta(description="Acknowledged since the last change.")] = False
    description: str = ""
    alarm_rules: AlarmRules


class Phase(StrEnum):
    """Where in its life an alarm is. It is shown while active or clearing."""

    IDLE = "idle"
    SOAKING = "soaking"
    ACTIVE = "active"
    CLEARING = "clearing"


class AlarmState(Struct, frozen=True, array_like=True):
    """What is remembered of one rule and one object. Times are microseconds since 1970.

    `since` is the beginning of the phase, `began` when the conditions began to hold, `sequence` that of the last event,
    `sets` the recent beginnings (for flap detection), `matched` the details to show once it is set.
    """

    phase: Phase = Phase.IDLE
    since: int = 0
    began: int = 0
    sequence: int = -1
    sets: tuple[int, ...] = ()
    matched: AlarmRules | None = None
    alarm: Alarm | None = None


class ObjectAlarms(Struct, frozen=True, array_like=True):
    """What is remembered of one object: its alarms, and the rules that could not be evaluated, by their types."""

    alarms: dict[str, AlarmState] = {}
    troubles: dict[str, tuple[str, ...]] = {}
