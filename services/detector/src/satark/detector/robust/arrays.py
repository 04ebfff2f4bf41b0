"""The types of the arrays, and operations on few of many elements: what is rare costs only where it happens."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
"""[series, entities] unless said otherwise."""
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
Places = tuple[Whole, Whole]
"""Rows and columns of a few elements."""


MOST = 1e15
"""What is beyond is no measurement of anything, and its square would not fit."""


def given(values: Array, mask: Flags) -> tuple[Floats, Flags]:
    """Return samples in single precision, 0 where there is none, and where there are any."""
    with np.errstate(over="ignore", invalid="ignore"):
        single = values.astype(np.float32)
        there = mask & (np.abs(single) <= np.float32(MOST))
    single[~there] = 0
    return single, there


def places(flags: Flags) -> Places:
    """Return where flags [rows, columns] are set."""
    found = np.flatnonzero(flags)
    rows, columns = np.divmod(found, flags.shape[-1])
    return rows, columns


def bounded(values: Floats, bound: float) -> Floats:
    """Return values limited to either side of zero."""
    # One row of bounds, as numpy has no fast loop for a single one.
    row = np.full(values.shape[-1], bound, np.float32)
    result = np.minimum(values, row)
    np.maximum(result, -row, out=result)
    return result


def at(profile: Array, places: Whole) -> Array:
    """Return for each entity its place of a profile: [places, ..., entities] -> [..., entities]."""
    if len(places) and bool((places == places[0]).all()):
        return np.asarray(profile[int(places[0])])
    index = places.reshape((1,) * (profile.ndim - 1) + (-1,))
    return np.asarray(np.take_along_axis(profile, index, axis=0)[0])
