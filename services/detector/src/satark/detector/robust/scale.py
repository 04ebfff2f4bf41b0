"""Stabilised values: what makes the noise of a series about the same at every level.

Latency is taken as it is; jitter and loss by their square roots, as for counts.
"""

import numpy as np

from satark.detector.robust.arrays import Floats
from satark.detector.robust.layout import Layout


def stabilised(values: Floats, layout: Layout) -> Floats:
    """Return values of the kinds' units on the stabilised scale; below zero counts as zero where roots are taken."""
    result = values.copy()
    rooted = list(layout.rooted)
    result[rooted] = np.sqrt(np.maximum(values[rooted], 0))
    return result


def rise(base: Floats, by: Floats, layout: Layout) -> Floats:
    """Return in the kinds' units what a stabilised step of `by` upwards from `base` means."""
    result = by.copy()
    rooted = list(layout.rooted)
    below = np.maximum(base[..., rooted, :], 0)
    step = by[..., rooted, :]
    result[..., rooted, :] = step * (2 * below + step)
    return result


def raw(stabilised_values: Floats, layout: Layout) -> Floats:
    """Return stabilised values in the kinds' units."""
    result = stabilised_values.copy()
    rooted = list(layout.rooted)
    result[..., rooted, :] = np.maximum(result[..., rooted, :], 0) ** 2
    return result
