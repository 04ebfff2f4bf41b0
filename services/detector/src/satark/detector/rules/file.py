"""The file of rules of a running detector: read at start, looked at again and again. A shell."""

from functools import partial
from pathlib import Path

import structlog

from satark.detector import metrics
from satark.detector.rules import form
from satark.detector.rules.reading import default_rulebook, read
from satark.detector.rules.rulebook import Rulebook
from satark.runtime.reloading import ReloadedFile, Seen

MAX_LOGGED = 20

log = structlog.get_logger()


class RulesFile(ReloadedFile[Rulebook]):
    """A file of rules; without a path the built-in rules count for ever."""

    def __init__(self, path: Path | None) -> None:
        super().__init__(path, form.BOUNDS.max_bytes, default_rulebook())

    @property
    def rulebook(self) -> Rulebook:
        """The rules that count."""
        return self.value

    def _see(self, content: bytes | None, name: str) -> Seen[Rulebook] | None:
        return None if content is None else (content, partial(read, content, name))

    def _measure(self) -> None:
        metrics.RULES_CURRENT.set(not self.mistakes)

    def _tell(self, outcome: str, name: str) -> None:
        metrics.RULES_RELOADS.labels(outcome).inc()
        if self.mistakes:
            told = [str(one) for one in self.mistakes[:MAX_LOGGED]]
            log.error("rules_refused", file=name, mistakes=told, count=len(self.mistakes))
        else:
            log.info("rules_taken", file=name, rules=len(self.rulebook.rules))
            for hint in self.rulebook.hints[:MAX_LOGGED]:
                log.warning("rules_doubtful", hint=str(hint))
