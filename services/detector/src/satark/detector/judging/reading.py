"""From chunks to samples: what can be judged, and what cannot and why.

A quarter of a sample's bytes are labels, and most of what decoding makes of it: a dictionary and a dozen strings, the same
every time. So they are compared as bytes with those that are known, and made into a dictionary once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from satark.detector.delivery import event_of
from satark.schemas import names
from satark.schemas.codec import EVENT_TYPES, MAX_VALUE_BYTES
from satark.schemas.metrics import MetricSample

MAX_ENTITIES_KEPT = 131_072
"""Labels are from outside, so what is remembered of them is bounded."""

KEPT = timedelta(minutes=10)
"""What was not heard of for longer, or for twice as long, is forgotten: objects of daemons come and go by the thousand."""

_TYPE = EVENT_TYPES[MetricSample].encode()


class _Bare(MetricSample, frozen=True, kw_only=True):
    """A sample whose labels are not looked into."""

    labels: msgspec.Raw = msgspec.Raw(b"{}")  # type: ignore[assignment]


_decoder = msgspec.json.Decoder(_Bare)


@dataclass(frozen=True, slots=True)
class Read:
    """The readable samples of chunks in order, with their records, and the records that are none, each with its error.

    Records are as the client gave them.
    """

    samples: list[MetricSample] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    broken: list[tuple[Any, Exception]] = field(default_factory=list)

    def each(self) -> Iterator["Read"]:
        """Yield the readable samples one by one."""
        for sample, record in zip(self.samples, self.records, strict=True):
            yield Read([sample], [record])

    @property
    def count(self) -> int:
        """How many records there were."""
        return len(self.samples) + len(self.broken)


@dataclass(frozen=True, slots=True)
class _Known:
    """What samples under a key have in common: the entity, and its labels as JSON and as they are."""

    entity: str
    raw: bytes
    labels: dict[str, str]


class Familiar:
    """What is known of keys that were seen of late, in two generations: the older one is forgotten as a whole."""

    def __init__(self) -> None:
        self._young: dict[bytes, _Known] = {}
        self._old: dict[bytes, _Known] = {}
        self._since: datetime | None = None

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())

    def get(self, key: bytes) -> _Known | None:
        """Return what is known of a key."""
        known = self._young.get(key)
        if known is None and (known := self._old.get(key)) is not None:
            self._young[key] = known
        return known

    def learn(self, key: bytes, known: _Known) -> None:
        """Take note of a key."""
        if len(self._young) >= MAX_ENTITIES_KEPT:
            self._young.clear()
            self._old.clear()
        self._young[key] = known

    def age(self, now: datetime) -> None:
        """Forget what was not asked for since the last time but one that `KEPT` was over."""
        if self._since is None or not timedelta() <= now - self._since < KEPT:
            self._old, self._young, self._since = self._young, {}, now


class Reader:
    """Decodes samples. It gives the samples, and the errors, that the contract's own codec gives."""

    def __init__(self) -> None:
        self._known = Familiar()

    def read(self, chunks: Sequence[Sequence[Any]], latest: datetime, check: Callable[[MetricSample], None]) -> Read:
        """Decode the records of chunks. Samples after `latest` are given to `check`: what it raises is their error too."""
        found = Read()
        self._known.age(latest)
        for records in chunks:
            for record in records:
                try:
                    sample = self._quick(record) or self._new(record)
                    if sample.time > latest:
                        check(sample)
                except Exception as error:  # noqa: BLE001 - one poison record must not stop all others; it is kept and counted
                    found.broken.append((record, error))
                else:
                    found.samples.append(sample)
                    found.records.append(record)
        return found

    def _quick(self, record: Any) -> MetricSample | None:
        """Return a sample with the labels that are known under its key; None if anything about it is new, or may be wrong."""
        value, known = record.value, self._known.get(record.key)
        if known is None or not value or len(value) > MAX_VALUE_BYTES:
            return None
        try:
            sample = _decoder.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if bytes(sample.labels) != known.raw or sample.entity != known.entity:
            return None
        if names.METRICS.first_wrong(sample.metrics) is not None:
            return None
        for name, raw in record.headers:
            if name == "ce_type":
                if raw != _TYPE:
                    return None
                break
        msgspec.structs.force_setattr(sample, "labels", known.labels)
        return sample

    def _new(self, record: Any) -> MetricSample:
        sample: MetricSample = event_of(record)
        raw = bytes(_decoder.decode(record.value).labels)
        self._known.learn(record.key, _Known(sample.entity, raw, sample.labels))
        return sample
