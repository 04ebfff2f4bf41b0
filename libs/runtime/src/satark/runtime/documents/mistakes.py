"""What is wrong with a file, all of it at once: where, what was expected, and the line itself. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

from satark.runtime.documents.parsing import DocumentError, Node, Place

MAX_MISTAKES = 200
"""More are not told: who has so many has another kind of file."""

MAX_NAMED = 50
MAX_SHOWN_CHARS = 60
MAX_SOURCE_CHARS = 200


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake of an operator. `path` says where in the file's own words, `source` is the line."""

    file: str
    line: int
    column: int
    path: str
    text: str
    source: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {where}{self.text}"

    def shown(self) -> str:
        """Return the mistake for a person: with its line, and a mark below the place."""
        if not self.source.strip() or self.column > len(self.source):
            return str(self)
        margin = f"{self.line:>6} | "
        return f"{self}\n{margin}{self.source}\n{' ' * (len(margin) - 2)}| {' ' * (self.column - 1)}^"


class WrongFileError(ValueError):
    """Nothing of a file is taken; `mistakes` says why, each with its place, in the file's order."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(one) for one in mistakes))
        self.mistakes = mistakes

    def shown(self) -> str:
        """Return all mistakes for a person."""
        return "\n".join(one.shown() for one in self.mistakes)


class Mistakes:
    """The mistakes of one file while it is read. What `hide` takes from a text is shown to nobody: secrets."""

    def __init__(self, file: str, content: bytes, hide: Callable[[str], str] = str) -> None:
        self._file = file
        self._hide = hide
        self._lines = content.decode(errors="replace").splitlines()
        self._found: dict[Mistake, None] = {}

    def __len__(self) -> int:
        return len(self._found)

    def wrong(self, node: Node, text: str, member: str = "") -> None:
        """Note what is wrong with a value, or with a member that it lacks."""
        self._note(node.place, ".".join(part for part in (node.path, member) if part), text)

    def wrong_name(self, node: Node, text: str) -> None:
        """Note what is wrong with the name of a table's member."""
        self._note(node.key, node.path, text)

    def unreadable(self, error: DocumentError) -> None:
        """Note why the file is no document."""
        for one in (error, *error.also):
            self._note(one.place, "", one.text)

    def told(self) -> tuple[Mistake, ...]:
        """Return what was noted, in the file's order, as far as it is told."""
        return tuple(sorted(self._found, key=lambda one: (one.line, one.column))[:MAX_MISTAKES])

    def error(self) -> WrongFileError:
        """Return all of it as one error."""
        return WrongFileError(self.told())

    def _note(self, place: Place, path: str, text: str) -> None:
        source = self._lines[place.line - 1] if place.line <= len(self._lines) else ""
        shown = self._hide(source)[:MAX_SOURCE_CHARS]
        self._found[Mistake(self._file, place.line, place.column, path, self._hide(text), shown)] = None


def near(name: str, known: Mapping[str, Any]) -> str:
    """Return what may have been meant: `did you mean metrics?`, or what there is."""
    if not known:
        return "there are none"
    found = get_close_matches(name, known, n=1)
    if found:
        return f"did you mean {found[0]}?"
    more = len(known) - MAX_NAMED
    return f"there are {', '.join(islice(known, MAX_NAMED))}" + (f" and {more} more" if more > 0 else "")


def written(node: Node) -> str:
    """Return how a value is written, shortened."""
    return "".join(_written(node))


def _written(node: Node) -> Iterator[str]:
    if isinstance(node.value, list):
        yield "a list"
    elif isinstance(node.value, dict):
        yield "a table"
    elif not node.text:
        yield "nothing" if node.value is None else "an empty text"
    else:
        yield node.text[:MAX_SHOWN_CHARS] + ("…" if len(node.text) > MAX_SHOWN_CHARS else "")
