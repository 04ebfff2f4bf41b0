"""The languages of `--gen`: those built in, and those that other distributions bring."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from satark.sandesh.compiler.docs import DOC
from satark.sandesh.compiler.generator import ENTRY_POINT_GROUP, GeneratorError, Language, hint
from satark.sandesh.compiler.html import HTML
from satark.sandesh.compiler.jsonschema import JSONSCHEMA
from satark.sandesh.compiler.python import PYTHON
from satark.sandesh.compiler.xml import XML

BUILT_IN: Mapping[str, Language] = {"doc": DOC, "html": HTML, "jsonschema": JSONSCHEMA, "py": PYTHON, "xml": XML}


def plugged_in() -> dict[str, EntryPoint]:
    """The languages of other distributions, not loaded; a built-in name cannot be taken."""
    return {each.name: each for each in entry_points(group=ENTRY_POINT_GROUP) if each.name not in BUILT_IN}


def names() -> list[str]:
    """Every language, in order."""
    return sorted({*BUILT_IN, *plugged_in()})


def find(name: str) -> Language:
    """The language of that name.

    Raises GeneratorError with the nearest name when there is none, or when the one plugged in does not load.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    entry = plugged_in().get(name)
    if entry is None:
        raise GeneratorError(f"no language {name!r}{hint(name, names())}")
    try:
        language = entry.load()
    except Exception as error:
        raise GeneratorError(f"language {name!r} of {entry.value} does not load: {error}") from error
    if not isinstance(language, Language):
        raise GeneratorError(f"language {name!r}: {entry.value} is not a Language")
    return language
