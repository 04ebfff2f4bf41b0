"""What a source of samples hands on. Pure."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from msgspec import Struct

from satark.schemas.metrics import MetricSample

BATCH = 2_048
"""Samples that are handed on and judged at once."""


class Sighting(Struct, frozen=True, array_like=True):
    """A sample, and when it came to be known."""

    sample: MetricSample
    at: datetime

    @classmethod
    def timely(cls, sample: MetricSample) -> "Sighting":
        """Return a sample as if it had been known when its interval ended."""
        return cls(sample, sample.time + timedelta(seconds=sample.interval_s))


@dataclass(frozen=True, slots=True)
class Reject:
    """Something of a source that is no sample: where it is, what is wrong with it, and its text."""

    place: str
    reason: str
    text: str


Rejecting = Callable[[Reject], None]
"""Where rejects go."""


class Order(Enum):
    """In which order samples are judged."""

    TIME = "time"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class Period:
    """Which samples count: those that begin at or after `start` and before `end` (None: any)."""

    start: datetime | None = None
    end: datetime | None = None

    def __contains__(self, time: datetime) -> bool:
        return (self.start is None or time >= self.start) and (self.end is None or time < self.end)


class Source(Protocol):
    """Where samples come from. `done` and `total` (0: not known) are in units of its own."""

    order: Order
    done: int
    total: int

    def batches(self) -> AsyncGenerator[list[Sighting], None]:
        """Yield the samples as the source has them."""
        ...
