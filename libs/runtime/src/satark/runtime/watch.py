"""Looking at a file again and again, and reading it only when it looks changed: a shell."""

import time
from os import stat_result
from pathlib import Path

SETTLED_S = 2.0
"""A file that was changed so recently may be changed again without looking younger."""

Signature = tuple[int, int, int]


class Watch:
    """A file that may change. It is not opened before it is asked for; not more than `max_bytes` + 1 of it are read."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._signature: Signature | None = None

    def changed(self) -> bytes | None:
        """Return the content, None when the file looks as it did. Raises OSError, after which it counts as changed."""
        before, self._signature = self._signature, None
        signature = _signature(self.path.stat())
        if signature == before:
            self._signature = before
            return None
        with self.path.open("rb") as file:
            content = file.read(self._max_bytes + 1)
        if time.time() - signature[0] / 1e9 > SETTLED_S:
            self._signature = signature
        return content


def _signature(stat: stat_result) -> Signature:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
