"""A disk of a few megabytes, to be filled. Needs root and util-linux.

Its file system is mounted in a namespace that a sleeping process holds: it ends with its processes, and these with the test
run (tests.support.reaper), however it ends. Nothing is mounted on the machine itself.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.environment import child_environment
from tests.support.kafka_config import HOST, Place
from tests.support.owned import Owned, run_owned
from tests.support.waiting import blocking, eventually

TOOLS = ("mount", "nsenter", "unshare")
BLOCK = bytes(4096)
SCRIPT = 'mount -t tmpfs -o "size=$1m" tmpfs "$0" && exec sleep infinity'


def missing() -> str | None:
    """Return why there can be no such disk here, None when there can."""
    if os.geteuid() != 0:
        return "mounting needs root"
    if absent := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"no {', '.join(absent)} here (make faults-tools)"
    return None


@dataclass(frozen=True)
class Disk:
    """A file system that is there for whoever runs `within`, and for all others by `path`."""

    holder: Owned
    folder: Path

    @property
    def path(self) -> Path:
        """The disk, seen from outside."""
        return Path(f"/proc/{self.holder.pid}/root{self.folder}")

    @property
    def within(self) -> Sequence[str]:
        """The command that runs another one where the disk is mounted."""
        return ("nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt", "--")

    @property
    def place(self) -> Place:
        """A broker's place, its data on the disk."""
        return Place(HOST, self.within, self.path / "data")

    def fill(self) -> None:
        """Leave no room."""
        with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            while file.write(BLOCK):
                pass

    def make_room(self) -> None:
        """Leave as much room as there was."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Disk]:
    """Mount a small file system over a new folder."""
    folder.mkdir()
    command = ["unshare", "--mount", "sh", "-c", SCRIPT, str(folder), str(megabytes)]
    disk = Disk(run_owned(command, folder.with_suffix(".log"), child_environment({})), folder)
    try:
        blocking(eventually(disk.path.is_mount, what="a small disk"))
        yield disk
    finally:
        blocking(disk.holder.kill())
