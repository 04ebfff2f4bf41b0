"""The file of routes of a running notifier, and the files that it names: read at start, looked at again and again. A shell."""

from functools import partial
from hashlib import sha256
from pathlib import Path

import structlog

from satark.notifier import metrics
from satark.notifier.routing import beside, form
from satark.notifier.routing.beside import Content
from satark.notifier.routing.plain import routing_of
from satark.notifier.routing.reading import Draft
from satark.notifier.routing.tree import RoutingTree
from satark.notifier.settings import NotifierSettings
from satark.runtime.documents.mistakes import Mistake, WrongFileError
from satark.runtime.reloading import ReloadedFile, Seen
from satark.runtime.watch import Watch

MAX_LOGGED = 20

log = structlog.get_logger()


class Neighbours:
    """The files that a file of routes names, and what they hold."""

    def __init__(self) -> None:
        self._watches: dict[Path, Watch] = {}
        self.contents: dict[Path, Content] = {}

    def look(self, paths: tuple[Path, ...]) -> None:
        """Read those that look changed; forget those that are not named any more."""
        self._watches = {path: self._watches.get(path) or Watch(path, beside.MAX_BYTES) for path in paths}
        self.contents = {path: self._content(watch) for path, watch in self._watches.items()}

    def _content(self, watch: Watch) -> Content:
        try:
            content = watch.changed()
        except OSError as error:
            return error.strerror or str(error)
        return self.contents[watch.path] if content is None else content


class RoutesFile(ReloadedFile[RoutingTree]):
    """Who is told, by the settings; without a file it is for ever as the settings say."""

    def __init__(self, settings: NotifierSettings) -> None:
        super().__init__(settings.routes, form.BOUNDS.max_bytes, routing_of(settings))
        self._draft = Draft.of(b"", "")
        self._neighbours = Neighbours()

    @property
    def routing(self) -> RoutingTree:
        """The routing that counts."""
        return self.value

    def _see(self, content: bytes | None, name: str) -> Seen[RoutingTree]:
        """Look at the files that the file names too: they may change while it does not."""
        if content is not None:
            self._draft = Draft.of(content, name)
        self._neighbours.look(self._draft.files)
        contents = self._neighbours.contents
        return _all(self._draft, contents), partial(self._draft.routing, contents)

    def _measure(self) -> None:
        metrics.ROUTES_CURRENT.set(not self.mistakes)

    def _tell(self, outcome: str, name: str) -> None:
        metrics.ROUTES_RELOADS.labels(outcome).inc()
        if self.mistakes:
            told = [str(one) for one in self.mistakes[:MAX_LOGGED]]
            log.error("routes_refused", file=name, mistakes=told, count=len(self.mistakes))
        else:
            routes = sum(1 for _ in self.routing.root.every())
            log.info("routes_taken", file=name, routes=routes, receivers=len(self.routing.receivers))
            for hint in self.routing.hints[:MAX_LOGGED]:
                log.warning("routes_doubtful", hint=str(hint))


def read_file(path: Path) -> RoutingTree:
    """Return the routing of a file, read once. Raises WrongFileError with every mistake."""
    try:
        content = Watch(path, form.BOUNDS.max_bytes).changed()
    except OSError as error:
        why = f"cannot be read: {error.strerror or error}"
        raise WrongFileError((Mistake(str(path), 1, 1, "", why),)) from error
    draft = Draft.of(content or b"", str(path))
    neighbours = Neighbours()
    neighbours.look(draft.files)
    return draft.routing(neighbours.contents)


def _all(draft: Draft, contents: dict[Path, Content]) -> bytes:
    """Return what tells whether anything has changed: the file, and a digest of each that it names."""
    digests = [sha256(one if isinstance(one, bytes) else f"!{one}".encode()).digest() for one in contents.values()]
    return b"".join((*digests, draft.content))
