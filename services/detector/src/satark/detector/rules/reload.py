"""Rules that change while they run: the same text is nothing, a good one is taken, of a bad one the mistakes. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from satark.detector.rules.mistakes import Mistake, RulesError
from satark.detector.rules.reading import read
from satark.detector.rules.rulebook import Rulebook


class Outcome(StrEnum):
    """What became of a text."""

    UNCHANGED = "unchanged"
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Running:
    """The rules that count. `taken` is the digest of their text, `seen` that of the last text, good or bad.

    `mistakes` are those of the last text; while there are any, the rules are older than their file.
    """

    rulebook: Rulebook
    taken: str = ""
    seen: str = ""
    mistakes: tuple[Mistake, ...] = ()


def decide(running: Running, content: bytes, name: str) -> tuple[Running, Outcome]:
    """Return the rules that count once a text was seen, and what became of it."""
    digest = sha256(content).hexdigest()
    if digest == running.seen:
        return running, Outcome.UNCHANGED
    if digest == running.taken:
        return Running(running.rulebook, digest, digest), Outcome.TAKEN
    try:
        return Running(read(content, name), digest, digest), Outcome.TAKEN
    except RulesError as error:
        return Running(running.rulebook, running.taken, digest, error.mistakes), Outcome.REFUSED
