"""The baseline of the seed's method: arithmetic mean and sample standard deviation (ddof = 1) of the history.

A spread floor keeps integer-valued and all-zero histories from calling any change an anomaly.
"""

from collections.abc import Sequence
from math import fsum, sqrt

from satark.detector.incidents.state import Normal, Observation


def learn(history: Sequence[Observation], *, floor: float, min_samples: int) -> Normal | None:
    """Return the baseline of a history, or None while it has fewer than `min_samples` (at least 2) observations.

    Centre = sum(x) / n; spread = sqrt(sum((x - centre)^2) / (n - 1)), both in the metric's unit.
    """
    n = len(history)
    if n < max(2, min_samples):
        return None
    centre = fsum(o.value for o in history) / n
    spread = sqrt(fsum((o.value - centre) ** 2 for o in history) / (n - 1))
    return Normal(centre, spread, floor, n, history[0].start, history[-1].start)


def mean(observations: Sequence[Observation]) -> float:
    """Return the mean value of at least one observation."""
    return fsum(o.value for o in observations) / len(observations)


def limit(normal: Normal, factor: float) -> float:
    """Return the value above which an observation is anomalous."""
    return normal.fixed if normal.fixed is not None else normal.centre + factor * normal.unit


def distance(value: float, normal: Normal) -> float:
    """Return how many spreads a value lies above the centre (negative: below). Floors are positive, so it is finite."""
    return (value - normal.centre) / normal.unit
