"""What the series of one entity are, and which of them are looked at together.

The arrays of a batch have one row a series of the entity and one column an entity: [series, entities]. So that one rule
serves links and single series alike, everything that combines series is derived from the layout.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from satark.detector.robust.arrays import Floats
from satark.detector.robust.config import KINDS, Kind


@dataclass(frozen=True, eq=False)
class Layout:
    """The kinds of the series of an entity, in the order of the rows: latencies come first. Equal only to itself."""

    kinds: tuple[Kind, ...]

    def __post_init__(self) -> None:
        if list(self.kinds[: self.latencies]) != [Kind.LATENCY] * self.latencies:
            raise ValueError("latencies come first in a layout")
        if not all(KINDS[kind].rooted for kind in self.kinds[self.rooted]):
            raise ValueError("series that are stabilised by a square root are neighbours in a layout")

    @cached_property
    def latencies(self) -> int:
        """How many latencies there are."""
        return self.kinds.count(Kind.LATENCY)

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Rows that are judged as one: each alone, both directions of a kind, delay as a whole, everything."""
        alone = [(row,) for row in range(len(self.kinds))]
        pairs = [self.rows(kind) for kind in (Kind.LATENCY, Kind.JITTER, Kind.LOSS)]
        delay = self.rows(Kind.LATENCY, Kind.JITTER)
        wider = [*pairs, delay, tuple(range(len(self.kinds)))]
        return tuple(dict.fromkeys([*alone, *(group for group in wider if len(group) > 1)]))

    def rows(self, *kinds: Kind) -> tuple[int, ...]:
        """Return the rows of these kinds."""
        return tuple(row for row, kind in enumerate(self.kinds) if kind in kinds)

    @cached_property
    def material(self) -> Floats:
        """The least rise worth a page, [series, 1], in the kinds' units."""
        return self._column("material")

    @cached_property
    def floor(self) -> Floats:
        """The least spread, [series, 1], stabilised."""
        return self._column("floor")

    @cached_property
    def floors(self) -> Floats:
        """The least spreads, [2 x series + latencies, 1]: for each normal, and once more for latencies (`season`)."""
        return np.concatenate([self.floor, self.floor, self.floor[: self.latencies]])

    @cached_property
    def limit(self) -> Floats:
        """What is wrong whatever was usual, [series, 1], in the kinds' units."""
        return self._column("limit")

    @cached_property
    def rooted(self) -> slice:
        """The rows whose values are stabilised by a square root: neighbours."""
        rows = [row for row, kind in enumerate(self.kinds) if KINDS[kind].rooted]
        return slice(rows[0], rows[-1] + 1) if rows else slice(0, 0)

    @cached_property
    def tracked(self) -> int:
        """How many segments are followed (`shift`): of each series, and of each latency raw, for changes and for pages."""
        return len(self.kinds) + 2 * self.latencies

    def _column(self, name: str) -> Floats:
        return np.array([[getattr(KINDS[kind], name)] for kind in self.kinds], np.float32)


WAN_LINK = Layout((Kind.LATENCY, Kind.LATENCY, Kind.JITTER, Kind.JITTER, Kind.LOSS, Kind.LOSS))
"""Two directions each of latency, jitter and loss."""
ROUND_TRIP = Layout((Kind.LATENCY,))
"""One latency alone, as a ping measures it."""
