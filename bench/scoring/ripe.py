"""RIPE Atlas round-trip times with change points labelled by hand: the traces, and how reports and pages are matched.

Two questions are asked of one run. *Change points*: every located change is matched to a label within five samples, one
to one; F1 is taken for each trace and averaged. *Pages*: the openings of alarm episodes against the labelled upward
shifts of at least 8 ms (median of the segment after less that of the segment before); an opening counts from five
samples before to an hour after the label; near any other label it is neither right nor wrong; all else is false.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

TOLERANCE = 5
"""Samples between a label and what is matched to it."""
AFTER = 15
"""Samples after a label in which an opening is about it: one hour of 240 s."""
MATERIAL_MS = 8.0
WEEK_S = 604_800

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trace:
    """One probe's round-trip times: epoch seconds, milliseconds (NaN: no reply), and the indices of labelled changes."""

    name: str
    times: npt.NDArray[np.int64]
    rtt_ms: Floats
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was right, what was wrong and what was missed."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.hits + other.hits, self.false + other.false, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Hits over all claims; 0 without a claim."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 0.0

    @property
    def recall(self) -> float:
        """Hits over all labels; 0 without a label."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.hits / (2 * self.hits + self.false + self.missed) if self.hits else 0.0


def load(path: Path) -> Iterator[Trace]:
    """Yield the traces of a packed file (arrays name, length, epoch, rtt, cp)."""
    packed: Any = np.load(path)
    begin = 0
    for name, length in zip(packed["name"], packed["length"], strict=True):
        part = slice(begin, begin + int(length))
        rtt = packed["rtt"][part].astype(np.float64)
        labels = tuple(int(i) for i in np.flatnonzero(packed["cp"][part]))
        times = packed["epoch"][part].astype(np.int64)
        yield Trace(str(name), times, np.where(rtt < 0, np.nan, rtt), labels)
        begin += int(length)


def match(reports: Iterable[int], labels: Iterable[int], tolerance: int = TOLERANCE) -> Counts:
    """Match reports to labels one to one, in order of time, within the tolerance (a largest matching)."""
    waiting, hits, false = sorted(labels), 0, 0
    total, place = len(waiting), 0
    for report in sorted(reports):
        while place < total and waiting[place] < report - tolerance:
            place += 1
        if place < total and waiting[place] <= report + tolerance:
            hits, place = hits + 1, place + 1
        else:
            false += 1
    return Counts(hits, false, total - hits)


def shifts_ms(trace: Trace) -> Floats:
    """Return for each label the median after it less the median before it (NaN where a side has no reply)."""
    bounds = [0, *trace.labels, len(trace.rtt_ms)]
    levels = [_median(trace.rtt_ms[a:b]) for a, b in pairwise(bounds)]
    return np.diff(np.array(levels))


def _median(values: Floats) -> float:
    present = values[np.isfinite(values)]
    return float(np.median(present)) if len(present) else float("nan")


def openings(active: Flags) -> list[int]:
    """Return where runs of alarm begin."""
    return [int(i) for i in np.flatnonzero(np.diff(active.astype(np.int8), prepend=0) == 1)]


def pages(trace: Trace, opened: Sequence[int]) -> tuple[Counts, list[int]]:
    """Score the openings of a trace; also return how many samples each hit took (its own included)."""
    shift = shifts_ms(trace)
    wanted = [at for at, size in zip(trace.labels, shift, strict=True) if size >= MATERIAL_MS]
    others = [at for at, size in zip(trace.labels, shift, strict=True) if not size >= MATERIAL_MS]
    found: dict[int, int] = {}
    false = 0
    for at in opened:
        near = [label for label in wanted if label - TOLERANCE <= at <= label + AFTER]
        if near:
            fresh = [label for label in near if label not in found]
            if fresh:
                found[fresh[0]] = max(at - fresh[0], 0) + 1
        elif not any(label - TOLERANCE <= at <= label + AFTER for label in others):
            false += 1
    return Counts(len(found), false, len(wanted) - len(found)), list(found.values())


def weeks(trace: Trace) -> float:
    """Return how long a trace is."""
    return float(trace.times[-1] - trace.times[0]) / WEEK_S
