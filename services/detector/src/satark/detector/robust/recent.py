"""The median of a series' last three samples: a single outlier is no sample of anything.

After a gap the samples before it say nothing about now, so the first sample after one is only remembered. What is not
there is infinite, on that side where the median of three becomes the lesser of two, as a spike is one upwards, and then
the sample itself.
"""

import numpy as np

from satark.detector.robust.arrays import Flags, Floats, Places, Whole
from satark.detector.robust.config import Config
from satark.detector.robust.words import Words


def despiked(
    words: Words, last_seen: Whole, values: Floats, missing: Places, times: Whole, config: Config
) -> tuple[Floats, Flags]:
    """Remember a sample, in place; return the median of three (0 where it is missing), and which are alone after a gap."""
    kept = words.earlier[missing], words.last[missing], last_seen[missing]
    stale = times - last_seen > config.gap_s
    if stale.any():
        words.earlier[stale], words.last[stale] = -np.inf, np.inf
    alone = np.isinf(words.last)
    smooth = np.maximum(words.earlier, words.last)
    np.minimum(smooth, values, out=smooth)
    np.maximum(smooth, np.minimum(words.earlier, words.last), out=smooth)
    words.earlier[:], words.last[:] = words.last, values
    words.earlier[alone] = -np.inf
    last_seen[:] = times
    words.earlier[missing], words.last[missing], last_seen[missing] = kept
    smooth[missing], alone[missing] = 0, False
    return smooth, alone
