"""What the grouping remembers, and its rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from satark.schemas.incident_groups import Dimension, GroupMember
from satark.schemas.incidents import Severity

Key = tuple[Dimension, str]
"""What incidents may share: a dimension and its value."""

DIMENSIONS = (Dimension.SITE, Dimension.ISP, Dimension.GATEWAY)
"""From the most specific to the least."""

SCOPE_LABELS = ("orchestrator", "enterprise", "enterprise_id")
NAMELESS = frozenset({"", "-", "?", "n/a", "na", "none", "null", "unknown", "undefined"})
"""Values that say that nothing is known: sharing them is sharing nothing."""

_ASCENDING = ("minor", "warning", "major", "critical")
RANK = {severity: _ASCENDING.index(severity.value) for severity in Severity}
"""How grave each severity is, by number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRules:
    """When incidents are a group.

    `least_members` that opened within `window_s` of each other make one; of a value whose size is known, they must be
    `least_share` of its entities. A decision waits `settle_s` after what calls for it. A resolved incident is remembered
    for `remember_s`, so that an old event of it does not bring it back.
    """

    window_s: float = 900.0
    least_members: int = 3
    least_share: float = 0.5
    settle_s: float = 10.0
    remember_s: float = 3_600.0
    max_members: int = 20_000
    """Incidents remembered of one scope; more are not grouped."""


class Member(Struct, frozen=True, array_like=True, tag="member"):
    """One incident: how it was told last (`sequence`, at `time`), and the group that it belongs to, if any."""

    scope: str
    about: GroupMember
    sequence: int
    time: datetime
    names: dict[str, str]
    group: str = ""

    @property
    def is_open(self) -> bool:
        """True until the incident is resolved."""
        return self.about.ended_at is None


class Group(Struct, frozen=True, array_like=True, tag="group"):
    """An open group, and what was told of it last: `sequence` is that event's, the rest how many members it spoke of."""

    scope: str
    id: str
    entity: str
    dimension: Dimension
    value: str
    opened_at: datetime
    joins_from: datetime
    joins_until: datetime
    names: dict[str, str]
    sequence: int
    members: int
    open: int
    severity: Severity

    @property
    def key(self) -> Key:
        """What the members share."""
        return self.dimension, self.value


def keys_of(labels: Mapping[str, str]) -> tuple[Key, ...]:
    """Return what an entity with these labels may share with others, the most specific first."""
    found = ((dimension, labels.get(dimension.value, "").strip()) for dimension in DIMENSIONS)
    return tuple((dimension, value) for dimension, value in found if value.casefold() not in NAMELESS)
