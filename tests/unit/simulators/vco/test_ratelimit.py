from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.faults import Rate
from satark.simulators.vco.ratelimit import RateLimiter

RATE = Rate(limit=2, window_s=5, penalty_s=5)


class TestRateLimiter:
    def test_penalty(self) -> None:
        """One too many starts a penalty for all; those within are counted apart, and do not prolong it."""
        limiter = RateLimiter()
        admitted = [limiter.admit(RATE, now_s) for now_s in (0, 1, 2, 3, 6.9, 7)]

        assert admitted == [True, True, False, False, False, True]
        assert (limiter.refused, limiter.refused_in_penalty) == (3, 2)

    def test_concurrency(self) -> None:
        """More at a time than are allowed start a penalty too."""
        limiter = RateLimiter()
        crowded = Rate(limit=100, max_concurrency=2)

        assert [limiter.admit(crowded, 0, in_flight) for in_flight in (0, 1, 2, 0)] == [True, True, False, False]

    def test_no_limit(self) -> None:
        """Without a limit all may pass."""
        assert all(RateLimiter().admit(None, 0, 1000) for _ in range(1000))

    @settings(deadline=None)
    @given(st.lists(st.floats(0, 3), max_size=60))
    def test_never_more(self, pauses: list[float]) -> None:
        """However a client comes, a window never admits more than its limit."""
        limiter, now_s, admitted = RateLimiter(), 0.0, []
        for pause in pauses:
            now_s += pause
            if limiter.admit(RATE, now_s):
                admitted.append(now_s)

        for begin in admitted:
            assert len([when for when in admitted if begin <= when < begin + RATE.window_s]) <= RATE.limit
