"""Rows that are older than what is kept: not inserted, since their partition would be dropped at the next look."""

from collections.abc import Mapping
from datetime import datetime

from satark.analytics.ingest.gathering import Part
from satark.analytics.ingest.mapping.origin import microseconds
from satark.analytics.store.retention import Limits, oldest_kept
from satark.analytics.store.tables import BY_NAME, Kept


def expire(parts: list[Part], limits: Mapping[Kept, Limits], now: datetime) -> Mapping[str, int]:
    """Take what is too old out of the parts; return how many rows that were, by table."""
    gone: dict[str, int] = {}
    oldest = {kept: microseconds(oldest_kept(limits.get(kept, Limits()), now)) for kept in Kept}
    for part in parts:
        for name, rows in part.rows.by_table.items():
            table = BY_NAME[name]
            if table.kept is None:
                continue
            at, first = table.names.index("time"), oldest[table.kept]
            fresh = [row for row in rows if row[at] >= first]
            if len(fresh) < len(rows):
                gone[name] = gone.get(name, 0) + len(rows) - len(fresh)
                part.rows.by_table[name] = fresh
    return gone
