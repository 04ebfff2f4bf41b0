"""Derived statistics: fields of a UVE that are computed from its other fields (clause 5.6). Values in, values out."""

import logging
import math
import re
from collections import OrderedDict
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from satark.sandesh.generator.uves import Key, key_of
from satark.sandesh.types import Base, Field, StructOf, UveMessage

MAX_STATES = 200_000
_log = logging.getLogger(__name__)

_expression = re.compile(
    r"(?:(?P<period>[0-9]+)(?:\.(?P<pre>DS[A-Za-z0-9]+))?-)?"
    r"(?P<source>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r":(?P<algorithm>DS[A-Za-z0-9]+)(?::(?P<argument>.*))?"
).fullmatch


@dataclass(frozen=True, slots=True)
class Formula:
    """`[P[.Pre]-]source[.member]:ALGORITHM[:argument]`; period 0 is computed at every update."""

    source: tuple[str, ...]
    algorithm: str
    argument: str = ""
    period: int = 0
    pre: str = ""


def parse(text: str) -> Formula:
    """The formula of a `stats` annotation; raises `ValueError` for another form or an unknown algorithm."""
    found = _expression(text)
    if found is None:
        raise ValueError(f"no derived statistic: {text!r}")
    named = [each for each in (found["algorithm"], found["pre"]) if each]
    unknown = [each for each in named if each not in ALGORITHMS]
    if unknown:
        raise ValueError(f"no algorithm {unknown[0]!r} in {text!r}")
    argument, period = found["argument"] or "", int(found["period"] or 0)
    return Formula(tuple(found["source"].split(".")), found["algorithm"], argument, period, found["pre"] or "")


class Algorithm(Protocol):
    """Takes samples; `result` is a value, or the fields of a result struct; `due` says whether it is worth sending."""

    def take(self, sample: float) -> None:
        """One more sample."""

    @property
    def due(self) -> bool:
        """Whether the result is sent with an update."""

    @property
    def result(self) -> Any:
        """What has come of the samples."""


@dataclass(slots=True)
class Last:
    """DSNone: the last value, always."""

    value: float = 0

    def take(self, sample: float) -> None:
        """Keep it."""
        self.value = sample

    @property
    def due(self) -> bool:
        """Always."""
        return True

    @property
    def result(self) -> Any:
        """The last value."""
        return self.value


@dataclass(slots=True)
class NonZero(Last):
    """DSNon0: the last value unless it is 0."""

    @property
    def due(self) -> bool:
        """When it is not 0."""
        return self.value != 0


@dataclass(slots=True)
class Change(Last):
    """DSChange: the last value when it is another than before."""

    before: float | None = None
    samples: int = 0

    def take(self, sample: float) -> None:
        """Keep it and the one before."""
        self.before = self.value if self.samples else None
        self.samples += 1
        self.value = sample

    @property
    def due(self) -> bool:
        """The first time, and after a change."""
        return self.before is None or self.before != self.value


@dataclass(slots=True)
class Count(Last):
    """DSNull: how many samples, and the last of them."""

    samples: int = 0

    def take(self, sample: float) -> None:
        """Count it."""
        self.samples += 1
        self.value = sample

    @property
    def result(self) -> Any:
        """The fields of a NullResult."""
        return {"samples": self.samples, "value": self.value}


@dataclass(slots=True)
class Sum:
    """DSSum: the sum of all samples."""

    total: float = 0
    samples: int = 0

    def take(self, sample: float) -> None:
        """Add it."""
        self.total += sample
        self.samples += 1

    @property
    def due(self) -> bool:
        """Once there is a sample."""
        return self.samples > 0

    @property
    def result(self) -> Any:
        """The sum."""
        return self.total


@dataclass(slots=True)
class Average(Sum):
    """DSAvg: the mean; of integers the integer part."""

    @property
    def result(self) -> Any:
        """The mean of all samples."""
        if isinstance(self.total, int):
            return int(self.total / self.samples)
        return self.total / self.samples


@dataclass(slots=True)
class Ewm:
    """Exponentially weighted mean and deviation; sigma is taken against the new mean (clause 5.6)."""

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
        """Weigh it in."""
        rest = 1 - self.alpha
        self.variance = rest * (self.variance + self.alpha * (sample - self.mean) ** 2)
        self.mean = rest * self.mean + self.alpha * sample
        self.sigma_before, deviation = self.sigma, self.stddev
        self.sigma = (sample - self.mean) / deviation if deviation else 0.0
        self.samples += 1
        self.value = sample


@dataclass(slots=True)
class EwmOf:
    """DSEWM:alpha."""

    argument: str
    state: Ewm = field(default_factory=lambda: Ewm(0.0))
    error: str = ""

    def __post_init__(self) -> None:
        self.state.alpha, self.error = _alpha(self.argument)
        if not self.error and self.state.alpha == 0:
            self.error = "Disabled"

    def take(self, sample: float) -> None:
        """Weigh it in, unless the parameter is no good."""
        if not self.error:
            self.state.take(sample)

    @property
    def due(self) -> bool:
        """Always."""
        return True

    @property
    def result(self) -> Any:
        """The fields of an EWMResult."""
        if self.error:
            return {"samples": 0, "error": self.error}
        now = self.state
        return {"samples": now.samples, "mean": now.mean, "stddev": now.stddev, "sigma": now.sigma}


@dataclass(slots=True)
class Anomaly:
    """DSAnomaly:EWM:alpha."""

    argument: str
    state: Ewm = field(default_factory=lambda: Ewm(0.0))
    error: str = ""
    algorithm: str = ""
    config: str = ""

    def __post_init__(self) -> None:
        self.algorithm, _, self.config = self.argument.partition(":")
        if self.algorithm == "EWM":
            self.state.alpha, self.error = _alpha(self.config)
            if not self.error and self.state.alpha == 0:
                self.error = f"Invalid alpha {self.config}"

    def take(self, sample: float) -> None:
        """Weigh it in, unless the parameter is no good."""
        if self.algorithm == "EWM" and not self.error:
            self.state.take(sample)

    @property
    def due(self) -> bool:
        """After enough samples, while the present or the last one is unusual; an error always."""
        if self.error or self.algorithm != "EWM":
            return True
        enough, now = math.trunc(1 / self.state.alpha), self.state
        calm = abs(now.sigma) <= _CALM and abs(now.sigma_before) <= _CALM
        return now.samples == enough or (now.samples > enough and not calm)

    @property
    def result(self) -> Any:
        """The fields of an AnomalyResult."""
        told: dict[str, Any] = {"samples": self.state.samples, "algo": self.algorithm, "config": self.config}
        if self.error:
            return {**told, "error": self.error}
        if self.algorithm != "EWM":
            return told
        state = {"mean": repr(self.state.mean), "stddev": repr(self.state.stddev)}
        return {**told, "state": state, "sigma": self.state.sigma, "metric": int(self.state.value)}


_CALM = 0.5


def _alpha(text: str) -> tuple[float, str]:
    try:
        alpha = float(text)
    except ValueError:
        alpha = math.nan
    return (alpha, "") if 0 <= alpha <= 1 else (0.0, f"Invalid alpha {text}")


ALGORITHMS = frozenset(("DSNone", "DSNon0", "DSChange", "DSNull", "DSSum", "DSAvg", "DSEWM", "DSAnomaly"))


def algorithm(name: str, argument: str = "") -> Algorithm:
    """A fresh state; raises `ValueError` for an unknown name."""
    simple: dict[str, Algorithm] = {
        "DSNone": Last(),
        "DSNon0": NonZero(),
        "DSChange": Change(),
        "DSNull": Count(),
        "DSSum": Sum(),
        "DSAvg": Average(),
        "DSEWM": EwmOf(argument),
        "DSAnomaly": Anomaly(argument),
    }
    if name not in simple:
        raise ValueError(f"no algorithm {name!r}")
    return simple[name]


@dataclass(slots=True)
class Derivation:
    """The states of all derived fields of all UVEs; those of the UVE sent least recently are forgotten first."""

    max_states: int = MAX_STATES
    _states: OrderedDict[tuple[Key, str], Algorithm] = field(default_factory=OrderedDict)

    def applied(self, message: UveMessage) -> UveMessage:
        """The message with its inline derived fields set where they are due; others are as they were given."""
        data: Any = getattr(message, "data", None)
        derived = [] if data is None else _formulas(data.__sandesh__.fields)
        if not derived:
            return message
        key, told = key_of(message), copy(data)
        for each, formula in derived:
            sample = _sample(data, formula.source)
            if sample is None or formula.period:
                continue
            state = self._state((key, each.name), formula)
            state.take(sample)
            if state.due:
                setattr(told, each.attribute, _as_type(each, state.result))
        if getattr(data, "deleted", None):
            for each, _ in derived:
                self._states.pop((key, each.name), None)
        whole: Any = type(message)
        changed: UveMessage = whole(data=told, table=message.table)
        return changed

    def _state(self, key: tuple[Key, str], formula: Formula) -> Algorithm:
        state = self._states.get(key)
        if state is None:
            if len(self._states) >= self.max_states:
                self._states.popitem(last=False)
            state = self._states[key] = algorithm(formula.algorithm, formula.argument)
        self._states.move_to_end(key)
        return state


def _formulas(fields: tuple[Field, ...]) -> list[tuple[Field, Formula]]:
    """The derived fields; one whose annotation is no formula stays as the program sets it."""
    found = [(each, _formula(each.annotations["stats"])) for each in fields if "stats" in each.annotations]
    return [(each, formula) for each, formula in found if formula is not None]


@lru_cache(maxsize=4096)
def _formula(text: str) -> Formula | None:
    """The formula, told of once where it is none: a mistake in the IDL must not cost the UVE."""
    try:
        return parse(text)
    except ValueError as error:
        _log.warning("%s", error)
        return None


def _sample(data: Any, source: tuple[str, ...]) -> Any:
    for name in source:
        data = getattr(data, name, None)
    return data if isinstance(data, int | float) else None


def _as_type(each: Field, result: Any) -> Any:
    if isinstance(each.type, StructOf) and isinstance(result, dict):
        return each.type.resolve()(**result)
    if isinstance(each.type, Base) and each.type.name != "double" and isinstance(result, float):
        return int(result)
    return result
