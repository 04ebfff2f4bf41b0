"""Exponentially weighted mean and deviation, and the unusual by them.

    variance = (1-a) * (variance + a * (x-mean)^2);  mean = (1-a) * mean + a * x;  sigma = (x-mean) / deviation

with the new mean in sigma, as in the C++ original.
"""

import math
from dataclasses import dataclass, field
from typing import Any

_CALM = 0.5
_LEAST_ALPHA = 1e-12


@dataclass(slots=True)
class Weighted:
    """The state of the weighing."""

    alpha: float
    samples: int = 0
    mean: float = 0.0
    variance: float = 0.0
    sigma: float = 0.0
    sigma_before: float = 0.0
    value: float = 0

    @property
    def stddev(self) -> float:
        """The deviation now."""
        return math.sqrt(self.variance)

    def take(self, sample: float) -> None:
        """Weigh it in. Raises `OverflowError`, and begins anew, where that leaves the numbers of a double."""
        rest, off = 1 - self.alpha, sample - self.mean
        variance = rest * (self.variance + self.alpha * off * off)
        mean = rest * self.mean + self.alpha * sample
        if not math.isfinite(variance) or not math.isfinite(mean):
            self.samples, self.mean, self.variance, self.sigma, self.sigma_before = 0, 0.0, 0.0, 0.0, 0.0
            raise OverflowError(f"{sample!r} is too large for a weighted mean")
        self.variance, self.mean = variance, mean
        deviation = self.stddev
        self.sigma_before, self.sigma = self.sigma, (sample - mean) / deviation if deviation else 0.0
        self.samples += 1
        self.value = sample


@dataclass(slots=True)
class Ewm:
    """DSEWM:alpha."""

    argument: str = ""
    state: Weighted = field(init=False)
    error: str = field(init=False)

    def __post_init__(self) -> None:
        alpha, self.error = _alpha(self.argument)
        self.state = Weighted(alpha)
        if not self.error and alpha == 0:
            self.error = "Disabled"

    def take(self, sample: float, now_s: float) -> None:  # noqa: ARG002 - others need the time
        """Weigh it in, unless the parameter is no good."""
        if not self.error:
            self.state.take(sample)

    @property
    def valid(self) -> bool:
        """Once there is a sample; an error always."""
        return bool(self.error) or self.state.samples > 0

    @property
    def due(self) -> bool:
        """Always."""
        return self.valid

    @property
    def result(self) -> Any:
        """The fields of an EWMResult."""
        if self.error:
            return {"samples": 0, "error": self.error}
        now = self.state
        return {"samples": now.samples, "mean": now.mean, "stddev": now.stddev, "sigma": now.sigma}


@dataclass(slots=True)
class Anomaly:
    """DSAnomaly:EWM:alpha; another algorithm than EWM gives no more than its name."""

    argument: str = ""
    state: Weighted = field(init=False)
    error: str = field(init=False)
    algorithm: str = field(init=False)
    config: str = field(init=False)

    def __post_init__(self) -> None:
        self.algorithm, colon, config = self.argument.partition(":")
        self.config = config if colon else self.argument
        alpha, self.error = _alpha(self.config) if self._is_ewm else (0.0, "")
        self.state = Weighted(alpha)
        if self._is_ewm and not self.error and alpha == 0:
            self.error = f"Invalid alpha {self.config}"

    @property
    def _is_ewm(self) -> bool:
        return self.algorithm == "EWM"

    def take(self, sample: float, now_s: float) -> None:  # noqa: ARG002 - others need the time
        """Weigh it in, unless the parameter is no good."""
        if self._is_ewm and not self.error:
            self.state.take(sample)

    @property
    def valid(self) -> bool:
        """After as many samples as the weight needs; without a weight always."""
        return not self._weighs or self.state.samples >= self._enough

    @property
    def due(self) -> bool:
        """After enough samples, while the present or the last one is unusual; what is no result of samples always."""
        if not self._weighs:
            return True
        calm = abs(self.state.sigma) <= _CALM and abs(self.state.sigma_before) <= _CALM
        return self.state.samples == self._enough or (self.valid and not calm)

    @property
    def result(self) -> Any:
        """The fields of an AnomalyResult."""
        told: dict[str, Any] = {"samples": self.state.samples, "algo": self.algorithm, "config": self.config}
        if self.error:
            return {**told, "error": self.error}
        if not self._is_ewm:
            return told
        state = {"mean": repr(self.state.mean), "stddev": repr(self.state.stddev)}
        # The wire has an unsigned number there.
        return {**told, "state": state, "sigma": self.state.sigma, "metric": max(int(self.state.value), 0)}

    @property
    def _weighs(self) -> bool:
        return self._is_ewm and not self.error

    @property
    def _enough(self) -> int:
        return math.trunc(1 / self.state.alpha)


def _alpha(text: str) -> tuple[float, str]:
    try:
        alpha = float(text)
    except ValueError:
        alpha = math.nan
    return (alpha, "") if alpha == 0 or _LEAST_ALPHA <= alpha <= 1 else (0.0, f"Invalid alpha {text}")
