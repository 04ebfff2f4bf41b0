"""What a language of the compiler is: a pure function from a checked program to the texts of files.

A distribution adds a language by an entry point of the group `satark.sandesh.generators`: its name is the language,
its object a `Language`.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from satark.sandesh.idl import Bundle

ENTRY_POINT_GROUP = "satark.sandesh.generators"


class GeneratorError(Exception):
    """A language cannot be written for this program, or was asked for something it does not know."""


class Generator(Protocol):
    """Makes the files of one program. It reads and writes nothing, and gives the same texts for the same program."""

    def __call__(self, bundle: Bundle, options: Mapping[str, str], /) -> Mapping[str, str]:
        """Return texts by path relative to the output directory, with `/` between the parts.

        Raises GeneratorError when the program holds what the language cannot say.
        """


class Overview(Protocol):
    """Makes the files over all programs of a run, an index for example."""

    def __call__(self, bundles: Sequence[Bundle], options: Mapping[str, str], /) -> Mapping[str, str]:
        """Return texts as a generator does."""


@dataclass(frozen=True, slots=True)
class Language:
    """A generator with what `--list-generators` says of it; `options` is what may follow `--gen language:`."""

    summary: str
    generate: Generator
    over_all: Overview | None = None
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Request:
    """What `--gen` asks for: `py:package=acme,new_style`. An option without a value has an empty one."""

    language: str
    options: Mapping[str, str]


def parse_request(text: str) -> Request:
    """Read the value of a `--gen`.

    Raises GeneratorError when it names no language.
    """
    language, _, rest = text.partition(":")
    if not language:
        raise GeneratorError(f"--gen {text!r} names no language")
    if "," in language:
        raise GeneratorError(f"--gen {text!r} names more than one language; write --gen for each")
    pairs = (each.partition("=") for each in rest.split(",") if each)
    return Request(language, {name.strip(): value for name, _, value in pairs})


def check_options(request: Request, language: Language) -> None:
    """Raise GeneratorError when the language does not have an option that was asked for."""
    for name in request.options:
        if name not in language.options:
            raise GeneratorError(f"{request.language} has no option {name!r}{hint(name, language.options)}")


def hint(word: str, known: Iterable[str]) -> str:
    """What to say after an unknown word: the nearest known one, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are {', '.join(names)}" if names else "; it has none"
