"""The file of rules of a running detector: read at start, looked at again and again. The shell around `reload`."""

import time
from dataclasses import replace
from os import stat_result
from pathlib import Path

import structlog

from satark.detector import metrics
from satark.detector.rules import form
from satark.detector.rules.mistakes import Mistake, RulesError
from satark.detector.rules.reading import default_rulebook
from satark.detector.rules.reload import Outcome, Running, decide
from satark.detector.rules.rulebook import Rulebook

SETTLED_S = 2.0
"""A file that was changed so recently may be changed again without looking younger."""

MAX_LOGGED = 20
UNREADABLE = "unreadable"

log = structlog.get_logger()

Signature = tuple[int, int, int]


class RulesFile:
    """A file of rules. It is not opened before `load`; without a path the built-in rules count for ever."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._running = Running(default_rulebook())
        self._signature: Signature | None = None
        self._unreadable = ""

    @property
    def rulebook(self) -> Rulebook:
        """The rules that count."""
        return self._running.rulebook

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Why the file's present content is not taken; none when it is."""
        return self._running.mistakes

    def load(self) -> Rulebook:
        """Return the file's rules. Raises RulesError with every mistake, also for a file that cannot be read."""
        self.poll()
        metrics.RULES_CURRENT.set(not self.mistakes)
        if self.mistakes:
            raise RulesError(self.mistakes)
        return self.rulebook

    def poll(self) -> Rulebook | None:
        """Look at the file. Return its rules when they are others than before, None when those before go on counting."""
        if self._path is None:
            return None
        before = self._running
        try:
            content = self._changed_content(self._path)
        except OSError as error:
            self._cannot_read(self._path, error.strerror or str(error))
            return None
        if content is None:
            return None
        self._unreadable = ""
        self._running, outcome = decide(before, content, str(self._path))
        if outcome is not Outcome.UNCHANGED:
            self._tell(outcome)
        return self.rulebook if self.rulebook is not before.rulebook else None

    def _changed_content(self, path: Path) -> bytes | None:
        """Return the content, None when the file looks as it did. Raises OSError."""
        signature = _signature(path.stat())
        if signature == self._signature:
            return None
        with path.open("rb") as file:
            content = file.read(form.BOUNDS.max_bytes + 1)
        is_settled = time.time() - signature[0] / 1e9 > SETTLED_S
        self._signature = signature if is_settled else None
        return content

    def _cannot_read(self, path: Path, why: str) -> None:
        self._signature = None
        if why == self._unreadable:
            return
        self._unreadable = why
        mistake = Mistake(str(path), 1, 1, "", f"cannot be read: {why}")
        self._running = replace(self._running, seen="", mistakes=(mistake,))
        self._tell(UNREADABLE)

    def _tell(self, outcome: str) -> None:
        metrics.RULES_RELOADS.labels(outcome).inc()
        metrics.RULES_CURRENT.set(not self.mistakes)
        if self.mistakes:
            told = [str(one) for one in self.mistakes[:MAX_LOGGED]]
            log.error("rules_refused", file=str(self._path), mistakes=told, count=len(self.mistakes))
        else:
            log.info("rules_taken", file=str(self._path), rules=len(self.rulebook.rules))
            for hint in self.rulebook.hints[:MAX_LOGGED]:
                log.warning("rules_doubtful", hint=str(hint))


def _signature(stat: stat_result) -> Signature:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
