"""What is learnt beside the rows: entities, and the columns of statistics. Both may be inserted any number of times."""

from collections.abc import Sequence
from datetime import datetime

from satark.analytics.ingest.gathering import Part
from satark.analytics.ingest.mapping.origin import Values, microseconds
from satark.analytics.ingest.mapping.statistics import StatColumn

MAX_KNOWN = 100_000
"""Columns are named by daemons: what is remembered of them is bounded."""


class Learnt:
    """Columns that the store knows already from this process."""

    def __init__(self) -> None:
        self._known: set[StatColumn] = set()

    def rows_of(self, parts: Sequence[Part], now: datetime) -> tuple[list[Values], list[Values]]:
        """Return rows of `entities` and of `stat_columns`; of the latter only what is new."""
        entities = [row for part in parts for row in part.rows.entities.values()]
        found = {column for part in parts for column in part.rows.columns} - self._known
        seen = microseconds(now)
        columns = [(*column[:3], int(column.indexed), column.suffixes, seen) for column in sorted(found)]
        return entities, columns

    def learnt(self, parts: Sequence[Part]) -> None:
        """Remember that the store has these columns."""
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
        for part in parts:
            self._known |= part.rows.columns
