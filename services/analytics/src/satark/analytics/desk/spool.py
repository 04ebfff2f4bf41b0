"""The lines of an answer: few in memory, many in a file that has no name and is gone with the process."""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

IN_MEMORY_BYTES = 256 * 1024
PIECE_BYTES = 64 * 1024


class Spool:
    """Lines that one thread writes and any number may read afterwards. Construction opens nothing.

    It is closed when nobody reads any more.
    """

    def __init__(self, folder: str | None = None) -> None:
        self.size_bytes = 0
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._readers = 0
        self._given_up = False

    def write(self, lines: Sequence[bytes]) -> None:
        """Add lines. Raises OSError when there is no room."""
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=self._folder)  # noqa: SIM115 - `close` does
        for line in lines:
            self.size_bytes += self._file.write(line + b"\n")

    def pieces(self) -> Iterator[bytes]:
        """Yield what was written, in pieces."""
        with self._reading():
            at = 0
            while piece := self._piece(at):
                at += len(piece)
                yield piece

    def close(self) -> None:
        """Give the room back, as soon as nobody reads."""
        with self._lock:
            self._given_up = True
            self._close_if_unread()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock:
            self._readers += 1
        try:
            yield
        finally:
            with self._lock:
                self._readers -= 1
                self._close_if_unread()

    def _piece(self, at: int) -> bytes:
        with self._lock:
            if self._file is None:
                return b""
            self._file.seek(at)
            return self._file.read(PIECE_BYTES)

    def _close_if_unread(self) -> None:
        if self._given_up and not self._readers and self._file is not None:
            self._file.close()
            self._file = None
