"""From chunks to samples: what can be judged, and what cannot and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from satark.detector.delivery import event_of
from satark.schemas.metrics import MetricSample


@dataclass(frozen=True, slots=True)
class Sighting:
    """A sample and the record that it came in, as the client gave it."""

    record: Any
    sample: MetricSample


@dataclass(frozen=True, slots=True)
class Read:
    """The readable samples of chunks, in order, and the records that are none, each with its error."""

    samples: list[Sighting] = field(default_factory=list)
    broken: list[tuple[Any, Exception]] = field(default_factory=list)

    @property
    def records(self) -> int:
        """How many records there were."""
        return len(self.samples) + len(self.broken)


def read(chunks: Sequence[Sequence[Any]], check: Callable[[MetricSample], None]) -> Read:
    """Decode the records of chunks; what `check` raises for a sample is its error too."""
    found = Read()
    for records in chunks:
        for record in records:
            try:
                sample = event_of(record)
                check(sample)
            except Exception as error:  # noqa: BLE001 - one poison record must not stop all others; it is kept and counted
                found.broken.append((record, error))
            else:
                found.samples.append(Sighting(record, sample))
    return found
