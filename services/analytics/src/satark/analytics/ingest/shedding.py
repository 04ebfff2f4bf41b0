"""What is left out while the store's disk is nearly full: by severity, the mildest first (analytics.md 3.10).

Of the original's three measures one has a meaning here: there is no queue of a generator's (what cannot be inserted
waits in Kafka), and merges that wait hold up inserts by themselves. UVEs, alarms and metrics are never left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from satark.analytics.ingest.gathering import Part
from satark.analytics.ingest.mapping.origin import Values
from satark.analytics.store.tables import MESSAGES, OBJECTS, SESSIONS, Table
from satark.sandesh.types import SandeshType

log = structlog.get_logger(__name__)

NOTHING = 8
"""Above all severities: nothing is left out."""

SHEDDABLE = frozenset((SandeshType.SYSTEM, SandeshType.OBJECT))


@dataclass(frozen=True, slots=True)
class Watermark:
    """From `high` percent on severities from `reached` on are left out, and below `low` those from `back` on."""

    high: int
    low: int
    reached: int
    back: int


WATERMARKS = (Watermark(90, 85, 0, 1), Watermark(80, 75, 3, 4), Watermark(70, 60, 7, NOTHING))


def drop_level(level: int, used_percent: float) -> int:
    """Return from which severity on messages are left out, given from which they have been."""
    rising = min([mark.reached for mark in WATERMARKS if used_percent >= mark.high], default=NOTHING)
    falling = max([mark.back for mark in WATERMARKS if used_percent < mark.low], default=0)
    return max(min(level, rising), falling)


class Shedding:
    """From which severity on messages are left out just now."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self.level = NOTHING

    def see(self, used_percent: float) -> None:
        """Take note of how full the disk is."""
        level = drop_level(self.level, used_percent) if self._enabled else NOTHING
        if level != self.level:
            log.warning("drop_level_changed", drop_level=level, disk_used_percent=round(used_percent, 1))
        self.level = level


def shed(parts: Sequence[Part], level: int) -> Mapping[str, int]:
    """Take what is left out of the parts; return how many rows that were, by table."""
    gone: dict[str, int] = {}
    if level >= NOTHING:
        return gone
    for part in parts:
        for table in (MESSAGES, OBJECTS, SESSIONS):
            if rows := part.rows.by_table.get(table.name):
                kept = [] if table is SESSIONS else _grave(table, rows, level)
                gone[table.name] = gone.get(table.name, 0) + len(rows) - len(kept)
                part.rows.by_table[table.name] = kept
    return gone


def _grave(table: Table, rows: Sequence[Values], level: int) -> list[Values]:
    """Sessions have no severity; of messages those stay that are graver, and what has none."""
    type_, severity = table.names.index("type"), table.names.index("level")
    return [row for row in rows if row[type_] not in SHEDDABLE or row[severity] < level]
