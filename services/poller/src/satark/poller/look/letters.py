"""Answers, and parts of answers, that cannot be read are kept as they came: each once, and only some of a look."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

import structlog

from satark.poller.errors import OrchestratorError, WrongShapeError
from satark.poller.http.exchange import Asked
from satark.poller.journal import Journal
from satark.poller.orchestrator import Orchestrator
from satark.poller.readings import Skipped

log = structlog.get_logger(__name__)

MAX_LETTERS = 20
"""Letters of one look; a release that changed a shape would give one an edge."""

MAX_KNOWN = 10_000


class Letters:
    """Keeps what an orchestrator said and nobody understood."""

    def __init__(self, orchestrator: Orchestrator, journal: Journal) -> None:
        self._orchestrator = orchestrator
        self._journal = journal
        self._left = MAX_LETTERS
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def begin_cycle(self) -> None:
        """Allow what is allowed once a look."""
        self._left = MAX_LETTERS

    async def keep(self, errors: Iterable[OrchestratorError]) -> None:
        """Keep the answers of errors that hold one; what was kept before, byte by byte, is known."""
        for error in errors:
            digest = sha256(f"{error.method}\n".encode() + error.body).digest()
            if error.body and self._left and digest not in self._known:
                await self._journal.set_aside(error, datetime.now(UTC))
                self._left -= 1
                self._remember(digest)

    async def keep_parts(self, what: str, skipped: Iterable[Skipped]) -> None:
        """Keep the rows of an answer that were left out, wholly or in part, and say so."""
        name = self._orchestrator.name
        parts = [one for one in skipped if one.original]
        asked = Asked(name, what, self._orchestrator.secrets)
        if parts:
            reasons = sorted({one.reason for one in parts})
            log.warning(
                "answer_left_out", orchestrator=name, what=what, rows=len(parts), reasons=reasons, first=parts[0].where
            )
        await self.keep(
            WrongShapeError(name, what, f"{one.reason} at {one.where}", body=asked.clean_bytes(one.original))
            for one in parts
        )

    def _remember(self, digest: bytes) -> None:
        self._known[digest] = None
        while len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
