"""The median of a series' last three samples: a single outlier is no sample of anything.

After a gap the samples before it say nothing about now, so the first sample after one is only remembered.
"""

from dataclasses import dataclass

import numpy as np

from satark.detector.robust.arrays import Flags, Floats, Whole
from satark.detector.robust.config import Config


@dataclass(slots=True)
class Recent:
    """The last sample and the one before (NaN: none), and when the last was seen, in epoch seconds."""

    last: Floats
    earlier: Floats
    time: Whole


def empty(shape: tuple[int, int]) -> Recent:
    """Return a memory without samples."""
    return Recent(np.full(shape, np.nan, np.float32), np.full(shape, np.nan, np.float32), np.zeros(shape, np.int64))


def despiked(recent: Recent, values: Floats, seen: Flags, times: Whole, config: Config) -> tuple[Recent, Floats, Flags]:
    """Return the memory after a sample, the median of three, and which are alone after a gap.

    Of two samples the lesser counts, as a spike is one upwards.
    """
    stale = seen & (times - recent.time > config.gap_s)
    last = np.where(stale, np.nan, recent.last)
    earlier = np.where(stale, np.nan, recent.earlier)
    median = np.maximum(np.minimum(earlier, last), np.minimum(np.maximum(earlier, last), values))
    pair = np.minimum(last, values)
    smooth = np.where(np.isnan(last), values, np.where(np.isnan(earlier), pair, median))
    alone = seen & np.isnan(last)
    following = Recent(
        last=np.where(seen, values, last).astype(np.float32),
        earlier=np.where(seen, last, earlier).astype(np.float32),
        time=np.where(seen, times, recent.time),
    )
    return following, np.where(seen, smooth, 0).astype(np.float32), alone
