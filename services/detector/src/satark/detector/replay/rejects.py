"""What is no sample: the first few are named, all are counted, and kept where that is asked for."""

import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from satark.detector.explain.words import printable
from satark.detector.replay.sightings import Reject

NAMED = 10


class Rejects:
    """Takes rejects; within its context they are also written to a file, as JSON with place, reason and text."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self.count = 0

    def __enter__(self) -> Self:
        """Open the file. Raises OSError."""
        if self._path is not None:
            self._file = self._path.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def __call__(self, reject: Reject) -> None:
        """Take a reject."""
        self.count += 1
        if self.count <= NAMED:
            _say(f"{reject.place}: {printable(reject.reason)}")
        if self.count == NAMED + 1:
            _say("more that are no samples are only counted" + (f", and kept in {self._path}" if self._path else ""))
        if self._file is not None:
            self._file.write(msgspec.json.encode(reject) + b"\n")


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - for a person
