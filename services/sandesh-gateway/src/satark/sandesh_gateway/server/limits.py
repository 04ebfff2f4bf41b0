"""What one process takes from all peers together: connections, by host too, and bytes. Pure."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds, in connections, bytes and seconds."""

    max_connections: int
    max_connections_per_host: int
    max_frame_bytes: int
    pending_bytes_per_generator: int
    pending_bytes: int
    hello_timeout_s: float
    frame_timeout_s: float
    max_unread_bytes: int = 4 * 1024 * 1024
    """What may wait for a peer that does not read what it is sent."""


@dataclass(slots=True)
class Doors:
    """Counts open connections by host."""

    limits: Limits
    by_host: Counter[str] = field(default_factory=Counter)

    def enter(self, host: str) -> str:
        """Count a connection in; return why it may not come in, or nothing."""
        if self.by_host.total() >= self.limits.max_connections:
            return "too_many"
        if self.by_host[host] >= self.limits.max_connections_per_host:
            return "too_many_of_host"
        self.by_host[host] += 1
        return ""

    def leave(self, host: str) -> None:
        """Count a connection out."""
        self.by_host[host] -= 1
        if self.by_host[host] <= 0:
            del self.by_host[host]
