"""Stabilised values: what makes the noise of a series about the same at every level.

Latency is taken as it is; jitter and loss by their square roots, as for counts.
"""

import numpy as np

from satark.detector.robust.arrays import Floats
from satark.detector.robust.layout import Layout


def stabilised(values: Floats, layout: Layout) -> Floats:
    """Stabilise values of the kinds' units, in place; below zero counts as zero where roots are taken."""
    roots = values[layout.rooted]
    np.sqrt(np.maximum(roots, np.zeros(values.shape[-1], np.float32)), out=roots)
    return values


def rise(base: Floats, by: Floats, layout: Layout) -> Floats:
    """Return in the kinds' units what a stabilised step of `by` upwards from `base` means."""
    result = by.copy()
    below = np.maximum(base[..., layout.rooted, :], np.zeros(base.shape[-1], np.float32))
    step = result[..., layout.rooted, :]
    step *= below + below + step
    return result


def step_of(base: Floats, rise: Floats, layout: Layout) -> Floats:
    """Return the stabilised step upwards from `base` that is a rise in the kinds' units."""
    result = rise.copy()
    below = np.maximum(base[layout.rooted], 0)
    result[layout.rooted] = np.sqrt(below * below + rise[layout.rooted]) - below
    return result


def raw(values: Floats, layout: Layout) -> Floats:
    """Return stabilised values in the kinds' units."""
    result = values.copy()
    result[layout.rooted] = np.maximum(result[layout.rooted], 0) ** 2
    return result
