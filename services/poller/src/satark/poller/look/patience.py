"""How long an answer of a wrong shape is taken for a passing one, so that its samples are asked for again. Pure."""

from datetime import datetime, timedelta

from satark.poller.memory.progress import EdgeKey

MAX_KNOWN = 20_000


class Patience:
    """Knows since when the calls of an edge, or those for all links (None), were answered wrongly without exception."""

    def __init__(self, limit_s: float) -> None:
        self._limit = timedelta(seconds=limit_s)
        self._since: dict[EdgeKey | None, datetime] = {}

    def right(self, edge: EdgeKey | None) -> None:
        """An answer was of the right shape."""
        self._since.pop(edge, None)

    def is_over(self, edge: EdgeKey | None, now: datetime) -> bool:
        """Take in a wrong answer; return whether what it should have told can be given up."""
        if len(self._since) >= MAX_KNOWN and edge not in self._since:
            return True
        return now - self._since.setdefault(edge, now) >= self._limit
