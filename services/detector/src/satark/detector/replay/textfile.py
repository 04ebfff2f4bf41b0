"""A file of lines, plain or gzipped, read once from the start in bounded memory. `-` is standard input."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

STDIN = Path("-")
MAX_LINE_BYTES = 1_000_000
"""What the contract allows for an event; of a longer line one byte more is handed on, so that it is seen to be too long."""

GZIP_MAGIC = b"\x1f\x8b"


class UnreadableFileError(OSError):
    """A file cannot be opened, or is damaged on the way."""


class TextFile:
    """An open file: its lines, and how far it is read, in bytes on the disk (`total` 0: not known)."""

    def __init__(self, raw: IO[bytes], total: int) -> None:
        self._raw = raw
        self.total = total
        self.done = 0

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line's number, from 1, and its bytes without the line break.

        Raises UnreadableFileError.
        """
        number = 0
        with self._plain() as stream:
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                self._skip_rest(stream, line)
                self.done = self._raw.tell() if self.total else 0
                yield number, line.rstrip(b"\r\n")

    @contextmanager
    def _plain(self) -> Iterator[IO[bytes]]:
        try:
            if self._raw.peek(2)[:2] == GZIP_MAGIC:  # type: ignore[attr-defined]  # a BufferedReader, always
                with gzip.GzipFile(fileobj=self._raw) as unzipped:
                    yield cast(IO[bytes], unzipped)
            else:
                yield self._raw
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableFileError(str(error)) from error

    def _skip_rest(self, stream: IO[bytes], line: bytes) -> None:
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES + 1)


@contextmanager
def opened(path: Path) -> Iterator[TextFile]:
    """Open a file. Raises UnreadableFileError, also from within, where reading fails."""
    if path == STDIN:
        yield TextFile(sys.stdin.buffer, 0)
        return
    try:
        raw = path.open("rb")
    except OSError as error:
        raise UnreadableFileError(error.strerror or str(error)) from error
    with raw:
        yield TextFile(raw, path.stat().st_size)
