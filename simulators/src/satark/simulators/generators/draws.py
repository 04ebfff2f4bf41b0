"""Chance and the time of day without state: the same question always has the same answer, in any order of asking."""

import math
from hashlib import blake2b
from uuid import UUID

DAY_S = 86_400
BUSIEST_S = 15 * 3600
SWING = 0.6
"""The busiest time of the day has 1.6 times the mean, the quietest 0.4 times."""

_TURN = 2 * math.pi / DAY_S


def draw(seed: int, *what: object) -> float:
    """Return a number of [0, 1) for what is asked."""
    return _bits(seed, what) * 2.0**-53


def number(low: int, high: int, seed: int, *what: object) -> int:
    """Return an integer from `low` to `high`, both included, for what is asked."""
    return low + _bits(seed, what) % (high - low + 1)


def busyness(time_s: float) -> float:
    """Return how busy a time of the day is, as a factor of the day's mean; `time_s` counts from any midnight."""
    return 1 + SWING * math.cos(_TURN * (time_s - BUSIEST_S))


def busy_seconds(start_s: float, end_s: float) -> float:
    """Return the integral of `busyness`, by which counters grow."""
    swing = math.sin(_TURN * (end_s - BUSIEST_S)) - math.sin(_TURN * (start_s - BUSIEST_S))
    return (end_s - start_s) + SWING / _TURN * swing


def identifier(seed: int, *what: object) -> UUID:
    """Return a random-looking UUID (version 4) for what is asked."""
    return UUID(bytes=blake2b(repr((seed, *what)).encode(), digest_size=16).digest(), version=4)


def _bits(seed: int, what: tuple[object, ...]) -> int:
    digest = blake2b(repr((seed, *what)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 11
