"""A file of an operator that counts while it changes: read at start, looked at again and again. A shell."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeVar

from satark.runtime.documents.mistakes import Mistake, WrongFileError
from satark.runtime.documents.reload import Outcome, Running, decide
from satark.runtime.watch import Watch

UNREADABLE = "unreadable"

T = TypeVar("T")

Seen = tuple[bytes, Callable[[], T]]
"""What tells whether anything has changed, and what reads it then: that gives the value, or raises WrongFileError."""


class ReloadedFile(ABC, Generic[T]):
    """The value of a file. Nothing is opened before `load`; without a path the first value counts for ever."""

    def __init__(self, path: Path | None, max_bytes: int, first: T) -> None:
        self._watch = Watch(path, max_bytes) if path else None
        self._running = Running(first)
        self._unreadable = ""

    @abstractmethod
    def _see(self, content: bytes | None, name: str) -> Seen[T] | None:
        """Return what is to be read of the file's content, which is None if it looks as it did; None for nothing."""

    @abstractmethod
    def _measure(self) -> None:
        """Set the gauge that says whether the file counts as it is."""

    @abstractmethod
    def _tell(self, outcome: str, name: str) -> None:
        """Count and log what became of a change: an Outcome, or UNREADABLE."""

    @property
    def value(self) -> T:
        """What counts."""
        return self._running.value

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Why the file's present content is not taken; none when it is."""
        return self._running.mistakes

    def load(self) -> T:
        """Return the file's value. Raises WrongFileError with every mistake, also for a file that cannot be read."""
        self.poll()
        self._measure()
        if self.mistakes:
            raise WrongFileError(self.mistakes)
        return self.value

    def poll(self) -> T | None:
        """Look at the file. Return its value when it is another than before, None when that one goes on counting."""
        if self._watch is None:
            return None
        before, name = self._running, str(self._watch.path)
        try:
            content = self._watch.changed()
        except OSError as error:
            self._cannot_read(name, error.strerror or str(error))
            return None
        self._unreadable = ""
        seen = self._see(content, name)
        if seen is None:
            return None
        self._running, outcome = decide(before, *seen)
        if outcome is not Outcome.UNCHANGED:
            self._changed(outcome, name)
        return self.value if self.value is not before.value else None

    def _cannot_read(self, name: str, why: str) -> None:
        if why == self._unreadable:
            return
        self._unreadable = why
        mistake = Mistake(name, 1, 1, "", f"cannot be read: {why}")
        self._running = replace(self._running, seen="", mistakes=(mistake,))
        self._changed(UNREADABLE, name)

    def _changed(self, outcome: str, name: str) -> None:
        self._measure()
        self._tell(outcome, name)
