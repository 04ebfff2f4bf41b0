"""The rules that a replay goes by: those of a file, or those that the detector's settings name."""

from dataclasses import dataclass
from pathlib import Path

from satark.detector.detection.course import Rules
from satark.detector.detection.detection import Detection
from satark.detector.judging.rulebooks import seed_rulebook
from satark.detector.replay.judging import Judge
from satark.detector.replay.methods import WithMethod
from satark.detector.rules import default_rulebook, read
from satark.detector.rules.model import Method
from satark.detector.settings import DetectorSettings

BUILT_IN = "the built-in rules"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rules that were chosen, and what they are called."""

    name: str
    rules: Rules

    def detection(self) -> Judge:
        """Return a detection by these rules that has seen nothing yet."""
        return Detection(self.rules)


def chosen(settings: DetectorSettings, path: Path | None = None, method: Method | None = None) -> Chosen:
    """Return the rules of a file (None: those that a detector of these settings has), all by a method if one is given.

    Raises WrongFileError with every mistake of the file, OSError if it cannot be read.
    """
    path = path or settings.rules
    if path is None:
        method = method or Method(settings.method)
        rules = seed_rulebook() if method is Method.SEED else default_rulebook()
        return Chosen(f"{BUILT_IN} ({method.value})", rules)
    rules = read(path.read_bytes(), str(path))
    if method is None:
        return Chosen(str(path), rules)
    return Chosen(f"{path} ({method.value})", WithMethod(rules, method, seed_rulebook()))
