"""Randomness without state: the same (seed, link, bucket) always gives the same draws, in any order of asking.

A keyed BLAKE2b digest of the three is cut into eight 64-bit numbers; a normal draw is the inverse of the normal
distribution's CDF at one of them, cut off at three standard deviations because a link's noise has no fat tail.
"""

import struct
from collections.abc import Sequence
from hashlib import blake2b
from statistics import NormalDist

DRAWS = 8
MAX_DEVIATIONS = 3.0

_NORMAL = NormalDist()
_NUMBERS = struct.Struct(f">{DRAWS}Q")
_SMALLEST = 2.0**-53


def draws(seed: int, link_id: str, bucket_ms: int) -> Sequence[float]:
    """Return eight independent numbers of [0, 1)."""
    digest = blake2b(f"{link_id}|{bucket_ms}".encode(), key=str(seed).encode()[:64], digest_size=8 * DRAWS).digest()
    return tuple([(value >> 11) * _SMALLEST for value in _NUMBERS.unpack(digest)])


def normal(draw: float, deviation: float) -> float:
    """Return the normal deviate of a uniform draw, within three standard deviations of zero."""
    value = _NORMAL.inv_cdf(min(max(draw, _SMALLEST), 1 - _SMALLEST))
    return deviation * min(max(value, -MAX_DEVIATIONS), MAX_DEVIATIONS)
