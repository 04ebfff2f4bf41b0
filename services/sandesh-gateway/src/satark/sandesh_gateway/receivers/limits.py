"""How much a peer may send: connections and lines a second. Pure; the clock is an argument.

Both books are bounded. The rates' book forgets the peer that was quiet longest: when it comes back it starts with a
full bucket, which is also what it would have earned by its silence, unless more peers than the book holds are active.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field

MAX_PEERS = 10_000


@dataclass(slots=True)
class Connections:
    """How many connections there are, overall and by peer."""

    most: int
    most_per_peer: int
    _open: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many are open."""
        return self._open.total()

    def refusal(self, peer: str) -> str | None:
        """Return why the peer may not have one more, or None."""
        if self.total >= self.most:
            return "too_many_connections"
        if self._open[peer] >= self.most_per_peer:
            return "too_many_connections_of_peer"
        return None

    def opened(self, peer: str) -> None:
        """Count one more."""
        self._open[peer] += 1

    def closed(self, peer: str) -> None:
        """Count one less; a peer without any is forgotten."""
        self._open[peer] -= 1
        if self._open[peer] <= 0:
            del self._open[peer]


@dataclass(slots=True)
class Rates:
    """Token buckets by peer: `per_s` lines a second for ever, `burst` at once. `per_s` 0 sets no limit."""

    per_s: float
    burst: int
    most_peers: int = MAX_PEERS
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def granted(self, peer: str, wanted: int, now_s: float) -> int:
        """Return how many of the wanted lines the peer may send now. `now_s` never goes back."""
        if self.per_s <= 0:
            return wanted
        tokens, then_s = self._buckets.pop(peer, (float(self.burst), now_s))
        tokens = min(float(self.burst), tokens + max(0.0, now_s - then_s) * self.per_s)
        taken = min(wanted, int(tokens))
        self._buckets[peer] = (tokens - taken, now_s)
        if len(self._buckets) > self.most_peers:
            self._buckets.popitem(last=False)
        return taken

    def __len__(self) -> int:
        return len(self._buckets)
