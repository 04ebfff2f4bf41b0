"""When a request may go out: a token bucket for all of an orchestrator, and silence while it punishes. Pure.

The orchestrator's own limiter is a leaky bucket of five seconds, and its penalty refuses everything for five seconds
more, also what is asked meanwhile. So nobody asks anything until the penalty is over.
"""

from dataclasses import dataclass, field

ROUNDING = 1e-9
"""What is missing from a whole token by the rounding of floats: to wait for so little would never end."""


@dataclass(slots=True)
class TokenBucket:
    """Lets `rate` requests a second through over time, and `burst` at once. Times are seconds of a monotonic clock."""

    rate: float
    burst: float
    tokens: float = field(init=False)
    filled_at: float = field(default=float("inf"), init=False)
    silent_until: float = field(default=float("-inf"), init=False)

    def __post_init__(self) -> None:
        """Begin full."""
        self.tokens = self.burst

    def wait_s(self, now: float) -> float:
        """Return the seconds until a request may go out; 0 when it may go out now."""
        self._fill(now)
        missing = 1.0 - self.tokens
        return max(missing / self.rate if missing > ROUNDING else 0.0, self.silent_until - now, 0.0)

    def take(self, now: float) -> None:
        """Count one request that goes out now."""
        self._fill(now)
        self.tokens -= 1.0

    def silence(self, until: float) -> None:
        """Let nothing through until then; an earlier end never shortens a later one."""
        self.silent_until = max(self.silent_until, until)

    def _fill(self, now: float) -> None:
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.filled_at) * self.rate)
        self.filled_at = max(self.filled_at, now) if self.filled_at < float("inf") else now
