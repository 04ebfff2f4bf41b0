"""Alarms: what a rule found at an object, as it is shown, and how a person says to have seen it."""

from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier, instant
from satark.schemas.metrics import Time
from satark.schemas.uves import UveKey

AlarmType = Annotated[
    str,
    Meta(
        description="Full name of the rule: its parent and its name, joined by a colon.", min_length=1, max_length=1024
    ),
]


class AlarmSeverity(StrEnum):
    """How grave an alarm is, by its rule."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class AlarmView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alarm as it is shown while it is set."""

    type: AlarmType
    severity: AlarmSeverity
    time: Annotated[Time, Meta(description="When it was set, or changed in a way that matters.")]
    token: Annotated[str, Meta(description="Names this view of the alarm; another after each change.")]
    acknowledged: Annotated[bool, Meta(description="Somebody has seen it since it changed last.")] = False
    description: Annotated[str, Meta(description="What the rule says of it.")] = ""
    alarm_rules: Annotated[
        dict[str, Any],
        Meta(description="The conditions that hold, with the values that they hold for, as JSON texts."),
    ] = {}
    reason: Annotated[
        str,
        Meta(
            description=(
                "Why this was told: conditions_hold, flapping, details_changed, rule_changed, acknowledged,"
                " conditions_over, rule_removed, rule_disabled, out_of_scope or object_gone."
            ),
            max_length=64,
        ),
    ] = ""


class AlarmAcknowledged(Struct, frozen=True, kw_only=True, tag_field="event", tag="acknowledged"):
    """A person has seen an alarm, as it was shown with this token. It silences nothing, and ends with the next change."""

    id: Annotated[str, Meta(description="The same person, alarm and time always give the same id.")]
    entity: Annotated[UveKey, Meta(description="The object; also the Kafka key.")]
    time: Annotated[Time, Meta(description="When, UTC.")]
    type: AlarmType
    token: Annotated[str, Meta(description="What was shown.", max_length=64)]
    by: Annotated[str, Meta(description="Who.", max_length=256)] = ""

    @classmethod
    def of(cls, *, entity: str, type: str, token: str, by: str, time: Time) -> "AlarmAcknowledged":  # noqa: A002 - the field's name
        """Return an acknowledgement with its id."""
        id_ = identifier("alarm-acknowledged", entity, type, token, by, instant(time))
        return cls(id=id_, entity=entity, time=time, type=type, token=token, by=by)


def alarm_incident_id(entity: str, alarm: str, began_us: int) -> str:
    """Return the id of the incident that is an alarm of a rule at an object, by when its conditions began to hold."""
    return identifier("alarm-incident", entity, alarm, str(began_us))
