"""Kills what a test run started when the run is gone, however it went.

The kernel does the counting: a reaper reads a pipe that every holder keeps open for writing. Lines announce what to
clean up; the end of the pipe (the last holder closed it, exited or was killed) is the signal to do so. Used twice:
with an anonymous pipe for the processes of one test process, and with a named pipe for a broker that several share.

This file is also the reaper's program, so it imports nothing but the standard library.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

WORD_KILL = b"kill"
WORD_SPARE = b"spare"
WORD_REMOVE = b"remove"


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; other threads and processes wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Leash:
    """A holder's end of a reaper's pipe."""

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes] | None = None) -> None:
        self._descriptor = descriptor
        self._process = process
        self._owner = os.getpid()

    @classmethod
    def private(cls) -> Self:
        """Start a reaper for this process alone."""
        reading, writing = os.pipe()
        try:
            process = _start(reading, [])
        finally:
            os.close(reading)
        return cls(writing, process)

    @classmethod
    def shared(cls, fifo: Path, lock: Path) -> Self:
        """Start a reaper that other processes can join; the caller holds the lock."""
        fifo.unlink(missing_ok=True)
        os.mkfifo(fifo, 0o600)
        # Open without waiting for the other end, reading first: neither order can then block.
        reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        try:
            writing = os.open(fifo, os.O_WRONLY)
            os.set_blocking(reading, True)
            _detached.append(_start(reading, [str(fifo), str(lock)]))
        finally:
            os.close(reading)
        return cls(writing)

    @classmethod
    def join(cls, fifo: Path) -> Self | None:
        """Hold on to a shared reaper, or return None when there is none; the caller holds the lock."""
        try:
            return cls(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return None

    def kill(self, group: int) -> None:
        """At the end, kill this process group."""
        self._say(WORD_KILL, str(group))

    def spare(self, group: int) -> None:
        """Forget this process group: it has ended. Nobody is left to be told when the leash is closed."""
        if self._descriptor >= 0:
            self._say(WORD_SPARE, str(group))

    def remove(self, folder: Path) -> None:
        """At the end, after the killing, remove this folder."""
        self._say(WORD_REMOVE, str(folder))

    def close(self) -> None:
        """Let go; a private reaper is waited for."""
        if self._descriptor >= 0 and self._owner == os.getpid():
            os.close(self._descriptor)
            self._descriptor = -1
            if self._process is not None:
                self._process.wait(timeout=30)

    def _say(self, word: bytes, text: str) -> None:
        os.write(self._descriptor, b"%s %s\n" % (word, os.fsencode(text)))


_detached: list[subprocess.Popen[bytes]] = []
"""Reapers that outlive us on purpose; kept so that their objects raise no ResourceWarning."""


def _start(stdin: int, arguments: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C must end the tests first, then the reaper.
    # No output of ours: under xdist that is the workers' line to the controller.
    return subprocess.Popen(
        [sys.executable, "-I", __file__, *arguments],
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def reap(lines: Iterable[bytes]) -> tuple[set[int], set[Path]]:
    """Return the process groups to kill and the folders to remove after these announcements."""
    groups: set[int] = set()
    folders: set[Path] = set()
    for line in lines:
        word, _, text = line.rstrip(b"\n").partition(b" ")
        if word == WORD_KILL:
            groups.add(int(text))
        elif word == WORD_SPARE:
            groups.discard(int(text))
        elif word == WORD_REMOVE:
            folders.add(Path(os.fsdecode(text)))
    return groups, folders


def clean_up(groups: Iterable[int], folders: Iterable[Path]) -> None:
    """Kill the process groups and remove the folders; what is gone already is fine."""
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _read_to_end(descriptor: int) -> bytes:
    chunks = []
    while chunk := os.read(descriptor, 65536):
        chunks.append(chunk)
    return b"".join(chunks)


def _read_waiting(descriptor: int) -> bytes | None:
    """Return what waits in the pipe; empty when it has no writer, None when it has one who said nothing."""
    os.set_blocking(descriptor, False)
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return None
    finally:
        os.set_blocking(descriptor, True)


def main(arguments: list[str]) -> None:
    """Read announcements from stdin to its end, then clean up; with a named pipe and its lock, look for latecomers."""
    said = _read_to_end(sys.stdin.fileno())
    while arguments:
        fifo, lock = map(Path, arguments)
        with locked(lock):
            late = _read_waiting(sys.stdin.fileno())
            if late == b"":
                fifo.unlink(missing_ok=True)
                break
        said += (late or b"") + _read_to_end(sys.stdin.fileno())
    clean_up(*reap(said.splitlines()))


if __name__ == "__main__":
    main(sys.argv[1:])
