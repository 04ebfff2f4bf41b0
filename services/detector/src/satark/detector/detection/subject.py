"""An entity in memory, and the state from before a gap in its samples.

What is read late belongs where it was missed: before what is known since. The vectorised method only learns in order of
time, so a link that comes back after a gap keeps, beside its state, the one from before the gap. Samples that fill the gap
advance that one; once it is filled, the samples since are repeated for it, and it is the link's state from then on. A link
that was never seen before has a gap that goes back for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from satark.detector.detection.course import Course
from satark.detector.detection.entity import begun
from satark.detector.incidents.state import EntityState
from satark.schemas.metrics import MetricSample

MISSING = 3
"""So many samples must be missing for a gap that may be filled; a single one that is late is learnt, not judged."""


@dataclass(slots=True)
class Subject:
    """An entity. `column` is its place in the bank, -1 without one; `until` is the first sample after the gap, 0: none.

    `newest` is the start of its youngest sample, `heard` that of the youngest that the bank has judged.
    `past` is the entity as of before the gap; of an entity that was not known then, it begins with the first late sample.
    `series` are the columns of its metrics of no known kind. `over` is when the incident began that ended last, 0: none; it
    is not stored: after a restart in a gap the end of an incident may be told again, under its id.
    """

    state: EntityState
    newest: int
    heard: int
    labels: dict[str, str]
    course: Course | None = None
    column: int = -1
    past: "Subject | None" = None
    until: int = 0
    series: dict[str, int] = field(default_factory=dict)
    over: int = 0

    @classmethod
    def begun(cls, start: int, labels: dict[str, str]) -> "Subject":
        """Return an entity of which nothing is known, whose first sample begins at `start`."""
        return cls(begun(start), start - 1, start - 1, labels)

    def kept(self, banks: Mapping[int, bytes], series: Mapping[int, bytes]) -> EntityState:
        """Return all that is to be remembered, given the bytes of the columns of both banks."""
        return replace(
            self.state,
            newest=self.newest,
            bank=banks.get(self.column),
            past=None if self.past is None else self.past.kept(banks, series),
            until=self.until,
            series={name: series[column] for name, column in self.series.items()},
        )

    def columns(self) -> list[int]:
        """Return the columns that belong to it."""
        own = [] if self.column < 0 else [self.column]
        return own if self.past is None else own + self.past.columns()

    def is_in_gap(self, start: int) -> bool:
        """Return whether a sample lies in the gap, and behind what is known there."""
        return start < self.until and (self.past is None or start > self.past.heard)

    def opens_gap(self, sample: MetricSample, start: int) -> bool:
        """Return whether a sample of the present ends a gap that is longer than one that may be open still."""
        missing_s = start - self.heard
        if sample.backfilled or self.column < 0 or missing_s <= MISSING * sample.interval_s:
            return False
        return self.past is None or missing_s >= self.until - self.past.heard


def parts(state: EntityState) -> list[EntityState]:
    """Return a state, and behind it the one from before its gap, if there is one."""
    return [state] if state.past is None else [state, *parts(state.past)]
