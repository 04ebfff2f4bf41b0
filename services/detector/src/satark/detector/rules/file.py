"""The file of rules of a running detector: read at start, looked at again and again. A shell."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import structlog

from satark.detector import metrics
from satark.detector.rules import form
from satark.detector.rules.reading import default_rulebook, read
from satark.detector.rules.rulebook import Rulebook
from satark.runtime.documents.mistakes import Mistake, WrongFileError
from satark.runtime.documents.reload import Outcome, Running, decide
from satark.runtime.watch import Watch

MAX_LOGGED = 20
UNREADABLE = "unreadable"

log = structlog.get_logger()


class RulesFile:
    """A file of rules. It is not opened before `load`; without a path the built-in rules count for ever."""

    def __init__(self, path: Path | None) -> None:
        self._watch = Watch(path, form.BOUNDS.max_bytes) if path else None
        self._running = Running(default_rulebook())
        self._unreadable = ""

    @property
    def rulebook(self) -> Rulebook:
        """The rules that count."""
        return self._running.value

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Why the file's present content is not taken; none when it is."""
        return self._running.mistakes

    def load(self) -> Rulebook:
        """Return the file's rules. Raises WrongFileError with every mistake, also for a file that cannot be read."""
        self.poll()
        metrics.RULES_CURRENT.set(not self.mistakes)
        if self.mistakes:
            raise WrongFileError(self.mistakes)
        return self.rulebook

    def poll(self) -> Rulebook | None:
        """Look at the file. Return its rules when they are others than before, None when those before go on counting."""
        if self._watch is None:
            return None
        before, name = self._running, str(self._watch.path)
        try:
            content = self._watch.changed()
        except OSError as error:
            self._cannot_read(name, error.strerror or str(error))
            return None
        if content is None:
            return None
        self._unreadable = ""
        self._running, outcome = decide(before, content, partial(read, content, name))
        if outcome is not Outcome.UNCHANGED:
            self._tell(outcome, name)
        return self.rulebook if self.rulebook is not before.value else None

    def _cannot_read(self, name: str, why: str) -> None:
        if why == self._unreadable:
            return
        self._unreadable = why
        mistake = Mistake(name, 1, 1, "", f"cannot be read: {why}")
        self._running = replace(self._running, seen="", mistakes=(mistake,))
        self._tell(UNREADABLE, name)

    def _tell(self, outcome: str, name: str) -> None:
        metrics.RULES_RELOADS.labels(outcome).inc()
        metrics.RULES_CURRENT.set(not self.mistakes)
        if self.mistakes:
            told = [str(one) for one in self.mistakes[:MAX_LOGGED]]
            log.error("rules_refused", file=name, mistakes=told, count=len(self.mistakes))
        else:
            log.info("rules_taken", file=name, rules=len(self.rulebook.rules))
            for hint in self.rulebook.hints[:MAX_LOGGED]:
                log.warning("rules_doubtful", hint=str(hint))
