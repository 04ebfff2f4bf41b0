"""The orchestrator's limiter (1.3): a window, a concurrency limit, and a penalty during which nobody is heard."""

from collections import deque

from satark.simulators.vco.faults import Rate


class RateLimiter:
    """Admits requests. Times are monotonic seconds, given by the caller."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque()
        self._penalty_until_s = float("-inf")
        self.refused = 0
        self.refused_in_penalty = 0

    def admit(self, rate: Rate | None, now_s: float, in_flight: int = 0) -> bool:
        """Return whether a request may pass. A refused request starts a penalty, but does not prolong one."""
        if rate is None:
            return True
        if now_s < self._penalty_until_s:
            self.refused += 1
            self.refused_in_penalty += 1
            return False
        while self._recent and self._recent[0] <= now_s - rate.window_s:
            self._recent.popleft()
        crowded = rate.max_concurrency is not None and in_flight >= rate.max_concurrency
        if crowded or len(self._recent) >= rate.limit:
            self.refused += 1
            self._penalty_until_s = now_s + rate.penalty_s
            return False
        self._recent.append(now_s)
        return True
