"""The types of the arrays, and reading profiles at many places at once."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
"""[series, entities] unless said otherwise."""
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Array = npt.NDArray[Any]


def at(profile: Array, places: Whole) -> Array:
    """Return for each entity its place of a profile: [places, ..., entities] -> [..., entities]."""
    if len(places) and bool((places == places[0]).all()):
        return np.asarray(profile[int(places[0])])
    index = places.reshape((1,) * (profile.ndim - 1) + (-1,))
    return np.asarray(np.take_along_axis(profile, index, axis=0)[0])
