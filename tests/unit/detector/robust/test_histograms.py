from typing import Any

import numpy as np
import numpy.typing as npt

from satark.detector.robust import histograms
from satark.detector.robust.novelty import NOVEL


def run(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Score values [samples, series], five minutes apart."""
    state, scores = histograms.empty(values.shape[1]), np.zeros(values.shape)
    for sample, now in enumerate(values):
        times = np.full(values.shape[1], 300 * sample)
        _, scores[sample] = histograms.advance(state, times, now, np.isfinite(now))
    return scores


def noise(samples: int, series: int = 1) -> npt.NDArray[Any]:
    """Return noise around 100."""
    return np.random.default_rng(5).normal(100, 3, (samples, series))


class TestAdvance:
    def test_what_was_never_seen_is_told_of(self) -> None:
        """A value far outside the range so far scores above the threshold, at once."""
        values = noise(800)
        values[700] = 200.0

        scores = run(values)

        assert scores[700, 0] > NOVEL
        assert scores[300:700].max() < NOVEL

    def test_the_same_again_is_not_told_of_again(self) -> None:
        """After the first crossing only escalations are told."""
        values = noise(800)
        values[700:720] = 200.0

        assert (run(values)[701:720] < NOVEL).all()

    def test_the_future_changes_no_score(self) -> None:
        """Strictly causal: a prefix scores as it does in the whole."""
        values = noise(500)

        assert np.array_equal(run(values)[:300], run(values[:300]))

    def test_series_are_independent(self) -> None:
        """A batch of three is three batches of one."""
        values = noise(400, 3)
        values[np.random.default_rng(1).random(values.shape) < 0.05] = np.nan

        assert np.array_equal(run(values), np.hstack([run(values[:, place : place + 1]) for place in range(3)]))

    def test_a_constant_is_never_novel(self) -> None:
        """Nothing new is nothing to tell, and no division by a range of zero."""
        assert run(np.full((300, 1), 7.0)).max() < NOVEL
