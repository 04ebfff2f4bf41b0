"""The algorithms of derived statistics, as states that take samples one after the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from satark.sandesh.generator.statistics.arithmetic import Sample, is_zero
from satark.sandesh.generator.statistics.ewm import Anomaly, Ewm
from satark.sandesh.generator.statistics.windows import Average, Sum


class Algorithm(Protocol):
    """`result` is a value, or for a result struct its fields by name; it means something only if it is `valid`."""

    def take(self, sample: Sample, now_s: float) -> None:
        """One more sample."""

    @property
    def valid(self) -> bool:
        """Whether there were enough samples for a result."""

    @property
    def due(self) -> bool:
        """Whether the result is worth sending with an update."""

    @property
    def result(self) -> Any:
        """What has come of the samples."""


@dataclass(slots=True)
class Last:
    """DSNone: the last value, always."""

    samples: int = 0
    value: Sample = None

    def take(self, sample: Sample, now_s: float) -> None:  # noqa: ARG002 - others need the time
        """Keep it."""
        self.samples += 1
        self.value = sample

    @property
    def valid(self) -> bool:
        """Once there is a sample."""
        return self.samples > 0

    @property
    def due(self) -> bool:
        """Always."""
        return self.valid

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
        return self.valid and not is_zero(self.value)


@dataclass(slots=True)
class Change(Last):
    """DSChange: the last value when it is another than before."""

    before: Sample = None

    def take(self, sample: Sample, now_s: float) -> None:
        """Keep it and the one before."""
        self.before = self.value
        Last.take(self, sample, now_s)

    @property
    def due(self) -> bool:
        """The first time, and after a change."""
        return self.valid and self.before != self.value


@dataclass(slots=True)
class Count(Last):
    """DSNull: how many samples, and the last of them."""

    @property
    def result(self) -> Any:
        """The fields of a NullResult."""
        return {"samples": self.samples, "value": self.value}


ALGORITHMS: Mapping[str, Callable[[str], Algorithm]] = MappingProxyType(
    {
        "DSNone": lambda _: Last(),
        "DSNon0": lambda _: NonZero(),
        "DSChange": lambda _: Change(),
        "DSNull": lambda _: Count(),
        "DSSum": Sum,
        "DSAvg": Average,
        "DSEWM": Ewm,
        "DSAnomaly": Anomaly,
    }
)
"""Fresh states by the name of the algorithm; the text is its argument."""

OF_ANYTHING = frozenset(("DSNone", "DSChange"))
OF_NUMBERS = frozenset(("DSNull", "DSEWM", "DSAnomaly"))
RESULT_STRUCTS = frozenset(("DSNull", "DSEWM", "DSAnomaly"))


def fresh(name: str, argument: str = "") -> Algorithm:
    """A state without samples; raises `ValueError` for an unknown name, or an argument that it cannot have."""
    if name not in ALGORITHMS:
        raise ValueError(f"no algorithm {name!r}")
    return ALGORITHMS[name](argument)
