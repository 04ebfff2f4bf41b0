"""Keeping the samples of a source in a file, one JSON a line: what `satark replay FILE` reads."""

import gzip
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import msgspec

from satark.detector.replay.sightings import Sighting

PART = ".part"


async def exported(
    batches: AsyncGenerator[list[Sighting], None], file: IO[bytes]
) -> AsyncGenerator[list[Sighting], None]:
    """Yield the batches again, each after it is written. Raises OSError."""
    encoder = msgspec.json.Encoder()
    async for batch in batches:
        file.write(encoder.encode_lines([sighting.sample for sighting in batch]))
        yield batch


@contextmanager
def kept(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to write, gzipped where its name ends so; it has its name only when all went well. Raises OSError."""
    part = path.with_name(path.name + PART)
    try:
        with part.open("wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(fileobj=raw, mode="wb") as zipped:
                    yield cast(IO[bytes], zipped)
            else:
                yield raw
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
