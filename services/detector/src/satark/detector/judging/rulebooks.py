"""Which rules are in force when a detector starts."""

from functools import cache
from importlib.resources import files

from satark.detector.rules import Rulebook, read
from satark.detector.rules.file import RulesFile
from satark.detector.settings import DetectorSettings
from satark.runtime.documents.mistakes import WrongFileError
from satark.runtime.settings import SettingsError

SEED_NAME = "seed.yaml"


def first_rulebook(settings: DetectorSettings, file: RulesFile) -> Rulebook:
    """Return the rules of the file that the settings name, else the built-in ones of the method that they name.

    Raises SettingsError with every mistake of the file, also if it cannot be read.
    """
    try:
        rulebook = file.load()
    except WrongFileError as error:
        raise SettingsError([str(mistake) for mistake in error.mistakes]) from error
    return seed_rulebook() if settings.rules is None and settings.method == "seed" else rulebook


@cache
def seed_rulebook() -> Rulebook:
    """Return the built-in rules of the method `seed`."""
    return read((files("satark.detector.judging") / SEED_NAME).read_bytes(), SEED_NAME)
