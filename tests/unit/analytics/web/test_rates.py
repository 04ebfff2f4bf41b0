from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.web import rates
from satark.analytics.web.rates import MAX_CALLERS, Rates, Verdict, headers

steps = st.lists(st.floats(0, 5), max_size=60)


class TestRates:
    @given(steps, st.floats(0.1, 20), st.integers(1, 20))
    def test_no_more_pass_than_burst_and_rate_allow(self, waits: list[float], per_s: float, burst: int) -> None:
        """In any time no more pass than the burst and what the rate gives in that time."""
        found, now_s, passed = Rates(per_s=per_s, burst=burst), 0.0, 0

        for wait_s in waits:
            now_s += wait_s
            passed += found.take("a", now_s).allowed

            assert passed <= burst + per_s * now_s + 1e-6

    @given(st.floats(0.1, 20), st.integers(1, 20))
    def test_who_waits_as_told_passes(self, per_s: float, burst: int) -> None:
        """Who is refused and waits as long as told passes."""
        found = Rates(per_s=per_s, burst=burst)
        verdict = found.take("a", 0.0)
        while verdict.allowed:
            verdict = found.take("a", 0.0)

        assert found.take("a", float(verdict.wait_s)).allowed

    def test_a_clock_that_goes_back_gives_nothing(self) -> None:
        """An earlier time than before adds no tokens."""
        found = Rates(per_s=1, burst=1)

        assert [found.take("a", now_s).allowed for now_s in (10.0, 5.0)] == [True, False]

    def test_remembers_so_many_callers(self) -> None:
        """Callers that have not asked for longest are forgotten."""
        found = Rates(per_s=1, burst=1)

        for number in range(MAX_CALLERS + 5):
            found.take(str(number), 0.0)

        assert found.take("0", 0.0).allowed
        assert not found.take(str(MAX_CALLERS), 0.0).allowed

    def test_tells_where_one_stands(self) -> None:
        """The headers say what is left, and when to come again."""
        policy = Rates(per_s=2, burst=5).policy

        assert policy == '"caller";q=5;w=3'
        assert headers(Verdict(allowed=True, remaining=4, wait_s=1), policy) == {
            "RateLimit-Policy": policy,
            "RateLimit": '"caller";r=4;t=1',
        }
        assert headers(Verdict(allowed=False, remaining=0, wait_s=9), policy)["Retry-After"] == "9"
        assert rates.MAX_CALLERS == 10_000
