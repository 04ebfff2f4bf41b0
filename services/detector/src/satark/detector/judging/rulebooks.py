"""Which rules are in force when a detector starts."""

from importlib.resources import files

from satark.detector.rules import Rulebook, default_rulebook, read
from satark.detector.settings import DetectorSettings

SEED_NAME = "seed.yaml"


def rulebook_of(settings: DetectorSettings) -> Rulebook:
    """Return the rules of the file that the settings name, else the built-in ones of the method that they name.

    Raises RulesError with every mistake of the file, OSError if it cannot be read.
    """
    if settings.rules is not None:
        return read(settings.rules.read_bytes(), settings.rules.name)
    return default_rulebook() if settings.method == "robust" else seed_rulebook()


def seed_rulebook() -> Rulebook:
    """Return the built-in rules of the method `seed`."""
    return read((files("satark.detector.judging") / SEED_NAME).read_bytes(), SEED_NAME)
