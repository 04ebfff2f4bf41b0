"""Putting samples in order of their time, in bounded memory: sorted runs on the disk, merged.

The order of samples of the same time is kept. No sample is given out before the last is seen, for it may be the oldest.
"""

import heapq
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from operator import attrgetter
from pathlib import Path

import msgspec

from satark.detector.replay.sightings import BATCH, Sighting

RUN = 50_000
"""Samples that are sorted in memory: about 100 MB with their labels."""

MAX_RUNS = 200
"""Files that are open at once."""

LENGTH_BYTES = 4

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Sighting)
_time = attrgetter("sample.time")


async def by_time(
    batches: AsyncGenerator[list[Sighting], None], *, run: int = RUN, seen: Callable[[int], None] | None = None
) -> AsyncGenerator[list[Sighting], None]:
    """Yield the samples of batches in order of time. `seen` is told of how many there are before the first is yielded.

    Raises OSError when the disk is full.
    """
    with tempfile.TemporaryDirectory(prefix="satark-replay-") as folder:
        runs = _Runs(Path(folder))
        waiting: list[Sighting] = []
        count = 0
        async for batch in batches:
            waiting += batch
            count += len(batch)
            if len(waiting) >= run:
                runs.add(sorted(waiting, key=_time))
                waiting = []
        if seen is not None:
            seen(count)
        for ordered in _chunks(heapq.merge(*runs.read(), sorted(waiting, key=_time), key=_time)):
            yield ordered


class _Runs:
    """Sorted runs in files, oldest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[Path] = []
        self._written = 0

    def add(self, run: Iterable[Sighting]) -> None:
        if len(self._files) >= MAX_RUNS:
            files, merged = self._files, heapq.merge(*self.read(), key=_time)
            self._files = [self._write(merged)]
            for file in files:
                file.unlink()
        self._files.append(self._write(run))

    def read(self) -> list[Iterator[Sighting]]:
        return [_read(file) for file in self._files]

    def _write(self, run: Iterable[Sighting]) -> Path:
        path = self._folder / f"{self._written}.run"
        self._written += 1
        with path.open("wb") as file:
            for sighting in run:
                raw = _encoder.encode(sighting)
                file.write(len(raw).to_bytes(LENGTH_BYTES, "big") + raw)
        return path


def _read(path: Path) -> Iterator[Sighting]:
    with path.open("rb") as file:
        while length := file.read(LENGTH_BYTES):
            yield _decoder.decode(file.read(int.from_bytes(length, "big")))


def _chunks(ordered: Iterable[Sighting]) -> Iterator[list[Sighting]]:
    chunk: list[Sighting] = []
    for sighting in ordered:
        chunk.append(sighting)
        if len(chunk) >= BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
