from collections import Counter
from statistics import fmean, pstdev

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.noise import DRAWS, MAX_DEVIATIONS, draws, normal


class TestDraws:
    @settings(deadline=None)
    @given(st.integers(0, 2**63), st.text(max_size=50), st.integers(0, 2**45))
    def test_repeats(self, seed: int, link: str, bucket_ms: int) -> None:
        """The same seed, link and bucket give the same eight draws of [0, 1)."""
        first = draws(seed, link, bucket_ms)

        assert first == draws(seed, link, bucket_ms)
        assert len(first) == DRAWS
        assert all(0 <= one < 1 for one in first)

    def test_spreads(self) -> None:
        """Draws are spread evenly: each tenth gets about a tenth of them."""
        tenths = Counter(int(one * 10) for bucket in range(2500) for one in draws(1, "a", bucket))

        assert all(1800 < tenths[tenth] < 2200 for tenth in range(10))

    def test_depends_on_everything(self) -> None:
        """Another seed, link or bucket gives other draws."""
        assert len({draws(1, "a", 0), draws(2, "a", 0), draws(1, "b", 0), draws(1, "a", 300_000)}) == 4


class TestNormal:
    def test_has_the_deviation(self) -> None:
        """Deviates centre on zero with the standard deviation asked for."""
        values = [normal(draws(1, "a", bucket)[0], 2.0) for bucket in range(5000)]

        assert abs(fmean(values)) < 0.1
        assert 1.9 < pstdev(values) < 2.1

    @settings(deadline=None)
    @given(st.floats(0, 1, exclude_max=True))
    def test_has_no_tail(self, draw: float) -> None:
        """No deviate is further out than three standard deviations."""
        assert abs(normal(draw, 1.0)) <= MAX_DEVIATIONS
