"""The expected output of every language for the program with everything; run as a module to write it anew."""

from collections.abc import Mapping

from satark.sandesh.compiler import languages
from satark.sandesh.compiler.units import bundle_of
from tests.unit.sandesh.compiler.programs import DATA, everything, save

GOLDEN = DATA / "golden"
SUFFIX = ".golden"  # so that no tool takes them for files of this repository
LEFT_OUT = {"sandesh.css"}  # a file of the compiler, copied


def made(language: str) -> Mapping[str, str]:
    """What a language makes of the program and what it includes."""
    chosen = languages.find(language)
    bundles = [bundle_of(unit) for unit in everything().units]
    files = {path: text for bundle in bundles for path, text in chosen.generate(bundle, {}).items()}
    if chosen.over_all is not None:
        files |= chosen.over_all(bundles, {})
    return {path: text for path, text in files.items() if path not in LEFT_OUT}


def expected(language: str) -> Mapping[str, str]:
    """What it made when somebody last looked at it."""
    folder = GOLDEN / language
    files = sorted(file for file in folder.rglob(f"*{SUFFIX}"))
    return {str(file.relative_to(folder)).removesuffix(SUFFIX): file.read_text() for file in files}


if __name__ == "__main__":
    for name in languages.BUILT_IN:
        save({f"{path}{SUFFIX}": text for path, text in made(name).items()}, GOLDEN / name)
