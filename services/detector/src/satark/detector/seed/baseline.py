"""The baseline of the seed's method: arithmetic mean and sample standard deviation (ddof = 1) of the history.

A spread floor keeps integer-valued and all-zero histories from calling any change an anomaly.
"""

from collections.abc import Sequence
from math import fsum, sqrt

from satark.detector.incidents.state import Normal, Observation
from satark.detector.seed.parameters import SeedRules


def learn(history: Sequence[Observation], rules: SeedRules) -> Normal | None:
    """Return the baseline of a history, or None while it has fewer than `min_samples` (at least 2) observations.

    Centre = sum(x) / n; spread = sqrt(sum((x - centre)^2) / (n - 1)), both in the metric's unit. Values above
    centre + factor * max(spread, floor) are anomalous.
    """
    parameters, n = rules.parameters, len(history)
    if n < max(2, parameters.min_samples):
        return None
    centre = fsum(o.value for o in history) / n
    spread = sqrt(fsum((o.value - centre) ** 2 for o in history) / (n - 1))
    unit = max(spread, parameters.floor)
    return Normal(
        centre,
        spread,
        parameters.floor,
        n,
        history[0].start,
        history[-1].start,
        above=centre + parameters.factor * unit,
        critical=centre + rules.critical_factor * unit,
        window_s=parameters.history_s,
    )


def mean(observations: Sequence[Observation]) -> float:
    """Return the mean value of at least one observation."""
    return fsum(o.value for o in observations) / len(observations)
