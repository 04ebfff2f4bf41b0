"""How often a caller may ask: one token bucket each, as a pure function of time."""

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil

MAX_CALLERS = 10_000
"""Buckets that are remembered; the one not used for longest is forgotten first, which is to its caller's favour."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass, and what its answer says of the limit (draft-ietf-httpapi-ratelimit-headers)."""

    allowed: bool
    remaining: int
    wait_s: int
    """Until the next token, where there is none; else until the bucket is full."""


class Rates:
    """Token buckets by caller: `burst` requests at once, and then `per_s` a second."""

    def __init__(self, *, per_s: float, burst: int) -> None:
        """`per_s` > 0, `burst` >= 1."""
        self._per_s = per_s
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @property
    def policy(self) -> str:
        """The limit as the header RateLimit-Policy has it: so many requests in so many seconds."""
        return f'"caller";q={self._burst};w={ceil(self._burst / self._per_s)}'

    def take(self, caller: str, now_s: float) -> Verdict:
        """Take a token from the caller's bucket at a monotonic time."""
        tokens, at_s = self._buckets.pop(caller, (float(self._burst), now_s))
        tokens = min(self._burst, tokens + max(0.0, now_s - at_s) * self._per_s)
        allowed = tokens >= 1
        left = tokens - 1 if allowed else tokens
        self._buckets[caller] = (left, now_s)
        while len(self._buckets) > MAX_CALLERS:
            self._buckets.popitem(last=False)
        missing = self._burst - left if allowed else 1 - left
        return Verdict(allowed, int(left), max(1, ceil(missing / self._per_s)))


def headers(verdict: Verdict, policy: str) -> dict[str, str]:
    """Return the headers that tell a caller where it stands."""
    found = {"RateLimit-Policy": policy, "RateLimit": f'"caller";r={verdict.remaining};t={verdict.wait_s}'}
    return found if verdict.allowed else {**found, "Retry-After": str(verdict.wait_s)}
