"""What a reader remembers of labels: of whom it has heard of late."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from satark.detector.judging.reading import KEPT, MAX_ENTITIES_KEPT, Familiar, Reader, _Known
from satark.schemas import codec, examples
from satark.schemas.metrics import MetricSample
from tests.unit.detector.judging.logs import Raw

SAMPLE = examples.sample()
LATEST = SAMPLE.time + timedelta(minutes=10)
KNOWN = _Known("a", b"{}", {})


def read(reader: Reader, latest: datetime, *samples: MetricSample) -> list[Mapping[str, str]]:
    """Let the reader read samples; return their labels."""
    chunk: list[Any] = []
    for offset, sample in enumerate(samples):
        encoded = codec.encode(sample, source="/test")
        chunk.append(Raw(0, offset, encoded.key, encoded.value, tuple(encoded.headers)))
    found = reader.read([chunk], latest, lambda _: None)

    assert [] == found.broken
    return [sample.labels for sample in found.samples]


def test_labels_that_are_known_are_made_once() -> None:
    """The same dictionary serves all samples of an entity, until its labels change."""
    reader = Reader()
    first, again = read(reader, LATEST, SAMPLE, SAMPLE)
    (changed,) = read(reader, LATEST, replace(SAMPLE, labels={**SAMPLE.labels, "site": "elsewhere"}))

    assert first is again
    assert "elsewhere" == changed["site"]
    assert SAMPLE.labels == first


def test_who_goes_on_to_be_heard_is_not_forgotten() -> None:
    """However long that is; who fell silent is, after twice the time at most."""
    known = Familiar()
    known.learn(b"lasting", KNOWN)
    known.learn(b"silent", KNOWN)
    for turn in range(4):
        known.age(LATEST + turn * KEPT)
        assert known.get(b"lasting") is KNOWN

    assert known.get(b"silent") is None
    assert 1 == len(known)


def test_nothing_is_forgotten_within_the_time() -> None:
    """Not even by a clock that is set back, at once."""
    known = Familiar()
    known.age(LATEST)
    known.learn(b"a", KNOWN)
    for now in (LATEST + KEPT / 2, LATEST - KEPT):
        known.age(now)

    assert known.get(b"a") is KNOWN


def test_is_bounded() -> None:
    """Whatever comes from outside."""
    known = Familiar()
    for number in range(MAX_ENTITIES_KEPT + 1):
        known.learn(str(number).encode(), KNOWN)

    assert 1 == len(known)
