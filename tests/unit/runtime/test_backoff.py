from hypothesis import given
from hypothesis import strategies as st

from satark.runtime.backoff import Backoff


class TestBackoff:
    def test_delays_double_up_to_the_longest(self) -> None:
        """Without jitter the delays grow by the factor until the longest."""
        backoff = Backoff(first_s=1.0, factor=2.0, max_s=5.0)

        assert [backoff.delay_s(attempt) for attempt in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]

    @given(
        attempt=st.integers(min_value=0, max_value=10**9), draw=st.floats(min_value=0, max_value=1, exclude_max=True)
    )
    def test_jitter_stays_within_its_bounds(self, attempt: int, draw: float) -> None:
        """The delay is never more than the jitter away from the plain one, for any attempt."""
        plain = Backoff(jitter=0.0).delay_s(attempt)

        assert plain * 0.8 - 1e-9 <= Backoff(jitter=0.2).delay_s(attempt, draw) <= plain * 1.2 + 1e-9
