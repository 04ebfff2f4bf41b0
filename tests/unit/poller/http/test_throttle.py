import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.http.throttle import TokenBucket

RATES = st.floats(min_value=0.1, max_value=100)
BURSTS = st.floats(min_value=1, max_value=20)
PAUSES = st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=60)


def sent_at(bucket: TokenBucket, pauses: list[float], silences: dict[int, float] | None = None) -> list[float]:
    """Return when each request goes out whose sender comes so long after the one before, and then waits its turn."""
    now = 100.0
    times = []
    for index, pause in enumerate(pauses):
        now += pause
        if silences and index in silences:
            bucket.silence(now + silences[index])
        while (wait_s := bucket.wait_s(now)) > 0:
            now += wait_s
        bucket.take(now)
        times.append(now)
    return times


class TestTokenBucket:
    @given(RATES, BURSTS, PAUSES)
    def test_never_more(self, rate: float, burst: float, pauses: list[float]) -> None:
        """In no window of t seconds go out more than burst + rate * t requests."""
        times = sent_at(TokenBucket(rate=rate, burst=burst), pauses)

        for first, begin in enumerate(times):
            for last in range(first, len(times)):
                assert last - first + 1 <= burst + rate * (times[last] - begin) + 1e-6

    @given(RATES, BURSTS, PAUSES)
    def test_never_idle(self, rate: float, burst: float, pauses: list[float]) -> None:
        """Nobody waits longer than a token takes: what may go out goes out."""
        now = 100.0
        bucket = TokenBucket(rate=rate, burst=burst)
        for pause in pauses:
            now += pause

            assert bucket.wait_s(now) <= 1 / rate + 1e-9

            now += bucket.wait_s(now)
            bucket.take(now)

    @given(RATES, BURSTS, PAUSES, st.dictionaries(st.integers(0, 59), st.floats(min_value=0, max_value=60), max_size=5))
    def test_silence_is_silence(
        self, rate: float, burst: float, pauses: list[float], silences: dict[int, float]
    ) -> None:
        """While it is silent nothing goes out, whatever was saved up."""
        bucket = TokenBucket(rate=rate, burst=burst)
        now = 100.0
        for index, pause in enumerate(pauses):
            now += pause
            before = bucket.silent_until
            if index in silences:
                bucket.silence(now + silences[index])
            while (wait_s := bucket.wait_s(now)) > 0:
                now += wait_s
            bucket.take(now)

            assert now >= max(before, bucket.silent_until) - 1e-9

    def test_begins_full(self) -> None:
        """The first requests go out at once, as many as the burst."""
        assert sent_at(TokenBucket(rate=1, burst=4), [0.0] * 6) == pytest.approx([100, 100, 100, 100, 101, 102])

    def test_longest_silence_counts(self) -> None:
        """A penalty that ends earlier does not shorten one that ends later."""
        bucket = TokenBucket(rate=1, burst=4)
        bucket.silence(110.0)
        bucket.silence(105.0)

        assert bucket.wait_s(100.0) == 10.0

    def test_clock_that_stands_still(self) -> None:
        """A time that was seen before fills nothing again."""
        bucket = TokenBucket(rate=1, burst=1)
        bucket.take(100.0)
        bucket.wait_s(99.0)

        assert bucket.wait_s(100.0) == 1.0
