"""What all generators together say of one object: the latest by object counts, and none is left when it is gone."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from satark.schemas.alarms import AlarmView
from satark.schemas.metrics import Time
from satark.schemas.uves import Generator, SessionNumber, UveKey

ALARMS_CHANGED = ("UVEAlarms", ("alarms",))
"""The struct and attributes under which a change of the object's alarms goes."""

MAX_SHOWN_SHARES = 8
"""An object may have thousands; its state must not grow with them."""


class ShareSeen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That a generator says something of the object, and when it was last heard."""

    generator: Generator
    struct: Annotated[str, Meta(description="Name of the struct that it tells.")]
    session: SessionNumber
    time: Annotated[Time, Meta(description="When it last said something, by its own clock.")]
    seen: Annotated[Time, Meta(description="When that was heard; exact when its share last changed.")]
    stale: Annotated[bool, Meta(description="Not heard for long, although its session has not ended.")] = False


class UveState(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag="state"):
    """An object as its generators together tell it, after a change. A record without a value says that it is gone."""

    id: Annotated[str, Meta(description="The same state of the same object always has the same id.")]
    entity: Annotated[UveKey, Meta(description="The object; also the Kafka key.")]
    time: Annotated[Time, Meta(description="When what changed was heard, UTC.")]
    structs: Annotated[
        dict[str, dict[str, Any]],
        Meta(
            description=(
                "Attributes by struct, aggregated and flat. Where generators disagree: a list of lists, each a value and"
                " who says so. `__T` is the newest time of the struct when it last changed, in microseconds since 1970."
            )
        ),
    ]
    changed: Annotated[
        dict[str, tuple[str, ...]],
        Meta(
            description="The attributes that differ from the state before, by struct; `__T` for one that came or went."
        ),
    ] = {}
    alarms: Annotated[tuple[AlarmView, ...], Meta(description="The alarms that are set.")] = ()
    share_count: Annotated[int, Meta(description="How many shares the object is made of.", ge=0)] = 0
    stale_count: Annotated[int, Meta(description="How many of them are stale.", ge=0)] = 0
    shares: Annotated[
        tuple[ShareSeen, ...],
        Meta(description="The shares, stale ones first; of many only some.", max_length=MAX_SHOWN_SHARES),
    ] = ()
