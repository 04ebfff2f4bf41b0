"""Files that change while they count: the same text is nothing, a good one is taken, of a bad one the mistakes. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Generic, TypeVar

from satark.runtime.documents.mistakes import Mistake, WrongFileError

T = TypeVar("T")


class Outcome(StrEnum):
    """What became of a text."""

    UNCHANGED = "unchanged"
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Running(Generic[T]):
    """What counts. `taken` is the digest of its text, `seen` that of the last text, good or bad.

    `mistakes` are those of the last text; while there are any, what counts is older than its file.
    """

    value: T
    taken: str = ""
    seen: str = ""
    mistakes: tuple[Mistake, ...] = ()


def decide(running: Running[T], content: bytes, read: Callable[[], T]) -> tuple[Running[T], Outcome]:
    """Return what counts once a text was seen, and what became of it. `read` gives its value, or raises WrongFileError."""
    digest = sha256(content).hexdigest()
    if digest == running.seen:
        return running, Outcome.UNCHANGED
    if digest == running.taken:
        return Running(running.value, digest, digest), Outcome.TAKEN
    try:
        return Running(read(), digest, digest), Outcome.TAKEN
    except WrongFileError as error:
        return Running(running.value, running.taken, digest, error.mistakes), Outcome.REFUSED
