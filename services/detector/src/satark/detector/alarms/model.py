"""Alarm rules as data: the vocabulary of the configuration objects that operators of OpenContrail know.

Source: analytics specification, 4.1. Added to the original's members are the timers and the flap detection, which it
kept for alarms written as code (4.4, target).
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.uve.alarms import Condition

SEVERITIES = ("critical", "major", "minor")
"""The words of a severity; its place is the number that an alarm carries."""

GLOBAL_PARENT = "default-global-system-config"

Delay = Annotated[float, Meta(ge=0, le=604_800)]


class Severity(StrEnum):
    """How bad it is."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"

    @property
    def level(self) -> int:
        """The number of the severity on the wire: 0 is the gravest."""
        return SEVERITIES.index(self.value)


class AndList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Conditions that must hold together."""

    and_list: Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=16)]


class Flaps(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many beginnings within so long a time, and the alarm is set without waiting."""

    times: Annotated[int, Meta(description="The beginning that fires.", ge=2, le=64)]
    within_s: Annotated[float, Meta(description="The time that they must fall into, in seconds.", gt=0, le=604_800)]


class AlarmRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An alarm: for which objects, when, how grave, and how patient."""

    name: Annotated[
        str,
        Meta(
            description="Unique below its parent.",
            pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
            examples=["disk-usage-high"],
        ),
    ]
    parent: Annotated[
        str,
        Meta(
            description="The global system config, or `domain:project`: then only objects of that project are watched.",
            pattern=r"^(default-global-system-config|[^:]+:[^:]+)$",
            examples=["default-domain:demo"],
            max_length=512,
        ),
    ] = GLOBAL_PARENT
    enabled: Annotated[bool, Meta(description="False withdraws the alarm where it is set.")] = True
    severity: Severity
    description: Annotated[str, Meta(description="What a person reads first.", max_length=1024)] = ""
    uve_keys: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=1024)], ...],
        Meta(description="A type (vrouter), or one object (vrouter:node7).", min_length=1, max_length=64),
    ]
    activate_after_s: Annotated[Delay, Meta(description="Seconds that it must hold before it is set.")] = 0.0
    clear_after_s: Annotated[Delay, Meta(description="Seconds that it must be over before it is cleared.")] = 0.0
    flaps: Flaps | None = None
    or_list: Annotated[
        tuple[AndList, ...], Meta(description="The alarm is set when one of these holds.", min_length=1, max_length=16)
    ]

    @property
    def type(self) -> str:
        """The alarm's full name, by which it is told and acknowledged."""
        return f"{self.parent}:{self.name}"

    @property
    def project(self) -> str:
        """The project whose objects alone are watched, empty for all."""
        return self.parent if ":" in self.parent else ""


class RulesFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of alarm rules."""

    version: Annotated[int, Meta(description="The version of this format.", ge=1, le=1)]
    alarms: Annotated[tuple[AlarmRule, ...], Meta(max_length=1000)]
