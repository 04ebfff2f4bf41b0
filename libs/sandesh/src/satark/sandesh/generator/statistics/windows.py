"""Sums and averages, of all samples or of those of the last seconds.

Samples of a range are kept in at most 256 buckets of 2^k microseconds, and a result is there only after one full
range, as in the C++ original.
"""

from functools import reduce
from typing import Any

from satark.sandesh.generator.statistics.arithmetic import Sample, numbers, over, plus

MAX_RANGE_S = 366 * 86_400
_BUCKETS_LOG2 = 8


class Sum:
    """DSSum[:seconds]."""

    __slots__ = ("_buckets", "_first_us", "_last_us", "_range_us", "_shift")

    def __init__(self, argument: str = "") -> None:
        range_s = int(argument) if argument.isascii() and argument.isdigit() else 0 if not argument else -1
        if not 0 <= range_s <= MAX_RANGE_S:
            raise ValueError(f"no number of seconds: {argument!r}")
        self._range_us = range_s * 1_000_000
        self._shift = max((self._range_us - 1) >> _BUCKETS_LOG2, 0).bit_length()
        self._buckets: dict[int, tuple[int, Sample]] = {}
        self._first_us: int | None = None
        self._last_us = 0

    def take(self, sample: Sample, now_s: float) -> None:
        """Add it, and forget what is out of the range. A clock that goes back stands still."""
        bucket_us = self._bucket(round(now_s * 1_000_000)) if self._range_us else 0
        self._last_us = bucket_us = max(bucket_us, self._last_us)
        if self._first_us is None:
            self._first_us = bucket_us
        if self._range_us:
            for old_us in [each for each in self._buckets if self._end_us(each) <= bucket_us]:
                del self._buckets[old_us]
        known = self._buckets.get(bucket_us)
        added = numbers(sample)
        self._buckets[bucket_us] = (1, added) if known is None else (known[0] + 1, plus(known[1], added))

    @property
    def samples(self) -> int:
        """How many are in the range."""
        return sum(count for count, _ in self._buckets.values())

    @property
    def valid(self) -> bool:
        """Once there is a sample, and one full range has passed."""
        return self._first_us is not None and (not self._range_us or self._end_us(self._first_us) <= self._last_us)

    @property
    def due(self) -> bool:
        """Whenever there is a result."""
        return self.valid

    @property
    def result(self) -> Any:
        """The sum of the samples in the range."""
        return reduce(plus, (total for _, total in self._buckets.values()))

    def _bucket(self, time_us: int) -> int:
        return time_us >> self._shift << self._shift

    def _end_us(self, bucket_us: int) -> int:
        return self._bucket(bucket_us + self._range_us)


class Average(Sum):
    """DSAvg[:seconds]; of integers without the fraction."""

    __slots__ = ()

    @property
    def result(self) -> Any:
        """The mean of the samples in the range."""
        return over(Sum.result.fget(self), self.samples)  # type: ignore[attr-defined]
