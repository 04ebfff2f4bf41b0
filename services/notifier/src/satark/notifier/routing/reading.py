"""From the text of a file of routes to the routing, or to all of its mistakes. Pure: the shell reads what it names.

draft = Draft.of(content, "routes.yaml")     # then the shell reads draft.files
routing = draft.routing({path: content})     # raises WrongFileError with every mistake
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from satark.notifier.routing import building, doubts, form, sense
from satark.notifier.routing.beside import Beside, Content
from satark.notifier.routing.hiding import hidden
from satark.notifier.routing.tree import RoutingTree
from satark.runtime.documents import DocumentError, Node, parse
from satark.runtime.documents.mistakes import MAX_MISTAKES, Mistake, Mistakes, WrongFileError
from satark.runtime.documents.shapes import WRONG


@dataclass(frozen=True, slots=True)
class Draft:
    """A file of routes as far as it says itself: its right members, and what is wrong with the others."""

    name: str
    content: bytes
    root: Node
    found: form.Found
    wrong: tuple[Mistake, ...]

    @classmethod
    def of(cls, content: bytes, name: str) -> "Draft":
        """Return the draft of any content. `name` is the file's path, for mistakes and for the files beside it."""
        mistakes = Mistakes(name, content, hidden)
        try:
            root = parse(content, form.BOUNDS)
        except DocumentError as error:
            mistakes.unreadable(error)
            return cls(name, content, Node(None), {}, mistakes.told())
        found = form.FILE.read(root, mistakes)
        if found is WRONG:
            return cls(name, content, root, {}, mistakes.told())
        sense.check(found, root, mistakes)
        return cls(name, content, root, found, mistakes.told())

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it names."""
        return Beside(Path(self.name).parent).named(self.found)

    def routing(self, contents: Mapping[Path, Content]) -> RoutingTree:
        """Return the routing, with what its files hold. Raises WrongFileError with every mistake."""
        beside = Beside(Path(self.name).parent, contents)
        mistakes, hints = (Mistakes(self.name, self.content, hidden) for _ in range(2))
        beside.check(self.found, mistakes)
        if wrong := sorted((*self.wrong, *mistakes.told())):
            raise WrongFileError(tuple(wrong[:MAX_MISTAKES]))
        tree = building.tree(self.found, beside)
        doubts.hint(self.found, self.root, tree, hints)
        return replace(tree, hints=hints.told())


def read(content: bytes, name: str, contents: Mapping[Path, Content] | None = None) -> RoutingTree:
    """Return the routing of a file. Raises WrongFileError with every mistake."""
    return Draft.of(content, name).routing(contents or {})
