from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.robust import Cause, OtherRobustStateVersionError, UnreadableRobustStateError, novelty
from satark.detector.robust.novelty import Novelties, Novelty

Array = npt.NDArray[Any]
START, STEP = 1_704_067_200, 300
ZERO, ONE = np.array([0]), np.array([1])


def run(values: Array, state: Novelty | None = None, begin: int = 0) -> tuple[Novelty, list[Novelties]]:
    """Judge values [samples, series], NaN where there is none."""
    told: list[Novelties] = []
    state = state or novelty.empty(values.shape[1])
    for sample, now in enumerate(values):
        times = np.full(values.shape[1], START + STEP * (begin + sample))
        state, verdicts = novelty.step(state, times, now, np.isfinite(now))
        told.append(verdicts)
    return state, told


def noise(samples: int, centre: float = 100.0) -> Array:
    """Return one series of noise."""
    return np.random.default_rng(5).normal(centre, 3, (samples, 1))


def pages(told: list[Novelties]) -> list[int]:
    """Return the samples at which the first series paged."""
    return [sample for sample, verdicts in enumerate(told) if verdicts.page[0]]


class TestStep:
    def test_what_was_never_so_pages_at_its_second_sample_and_ends_when_it_is_back(self) -> None:
        """One page for one excursion, over after three calm samples."""
        _, told = run(np.concatenate([noise(600), noise(30, 200.0), noise(60)]))

        assert [601] == pages(told)
        assert told[601].cause[0] == Cause.NOVEL
        assert told[629].active[0]
        assert not told[640].active[0]

    def test_a_spike_never_pages(self) -> None:
        """A single sample, however far away, is none."""
        values = noise(700)
        values[600] = 9000.0

        assert [] == pages(run(values)[1])

    def test_a_day_is_learnt_before_anything_pages(self) -> None:
        """A series that nobody knows yet has no usual."""
        assert [] == pages(run(np.concatenate([noise(200), noise(30, 200.0)]))[1])

    def test_what_lasts_becomes_usual(self) -> None:
        """The alarm of a change that stays is over after a day."""
        _, told = run(np.concatenate([noise(600), noise(400, 200.0)]))

        assert [601] == pages(told)
        assert not told[-1].active[0]

    def test_a_further_escalation_is_worse(self) -> None:
        """It is an update of the open alarm, no second page."""
        _, told = run(np.concatenate([noise(600), noise(20, 200.0), noise(20, 900.0)]))

        assert [601] == pages(told)
        assert told[620].worse[0]

    def test_the_least_distance_is_the_callers_matter(self) -> None:
        """What is too small to matter is not told, on either side of usual."""
        values = np.repeat(np.concatenate([noise(600), noise(20, 60.0)]), 2, axis=1)
        state, found = novelty.empty(2), set()
        for sample, now in enumerate(values):
            times = np.full(2, START + STEP * sample)
            least = np.array([20.0, 90.0], np.float32)
            state, verdicts = novelty.step(state, times, now, np.isfinite(now), material=least)
            found |= set(np.flatnonzero(verdicts.page).tolist())

        assert {0} == found

    def test_maintenance_neither_tells_nor_teaches(self) -> None:
        """What was announced is not looked at."""
        state, _ = run(noise(600))
        before = novelty.encode(state)
        for sample in range(600, 640):
            times, worked = np.array([START + STEP * sample]), np.array([True])
            state, verdicts = novelty.step(state, times, np.array([900.0]), worked, maintenance=worked)
            assert [False] == verdicts.page.tolist()

        assert before == novelty.encode(state)

    @settings(max_examples=20, deadline=None)
    @given(st.floats(-1e9, 1e9, width=32), st.integers(300, 700))
    def test_a_constant_never_pages(self, value: float, samples: int) -> None:
        """Nothing new is nothing to tell, at any value."""
        assert [] == pages(run(np.full((samples, 1), value))[1])

    @settings(max_examples=10, deadline=None)
    @given(st.lists(st.floats(), min_size=1, max_size=40))
    def test_no_number_is_too_strange(self, strange: list[float]) -> None:
        """Whatever a float can be is judged or left out, without a warning."""
        state, _ = run(np.concatenate([noise(60), np.array(strange).reshape(-1, 1), noise(60)]))

        assert np.isfinite(state.histograms.histograms).all()

    @settings(max_examples=8, deadline=None)
    @given(st.integers(580, 660), st.integers(1, 50))
    def test_missing_samples_neither_open_nor_end(self, at: int, gap: int) -> None:
        """A silence changes nothing but the clock."""
        values = np.concatenate([noise(600), noise(30, 200.0), noise(40)])
        state, _ = run(values[:at])
        before, open_before = novelty.encode(state), state.active.tolist()

        state, told = run(np.full((gap, 1), np.nan), state, at)

        assert before == novelty.encode(state)
        assert all(verdicts.active.tolist() == open_before and not verdicts.page[0] for verdicts in told)

    @settings(max_examples=6, deadline=None)
    @given(st.integers(0, 2**31), st.integers(2, 5))
    def test_a_batch_is_the_same_as_one_by_one(self, seed: int, series: int) -> None:
        """Columns are independent, bit by bit, whatever is missing and whenever samples come."""
        draw = np.random.default_rng(seed)
        values = draw.normal(50, 5, (450, series)) + 200 * (draw.random((450, series)) < 0.02)
        mask = np.greater(draw.random(values.shape), 0.1)
        times = START + STEP * np.arange(450)[:, None] + 3600 * draw.integers(0, 9, series)[None]
        together, alone = novelty.empty(series), [novelty.empty(1) for _ in range(series)]
        for sample in range(450):
            together, verdicts = novelty.step(together, times[sample], values[sample], mask[sample])
            for place in range(series):
                own = slice(place, place + 1)
                alone[place], single = novelty.step(
                    alone[place], times[sample, own], values[sample, own], mask[sample, own]
                )
                assert verdicts.page[place] == single.page[0]

        assert novelty.encode(together) == [novelty.encode(state)[0] for state in alone]


class TestExplain:
    def test_an_alarm_is_told_with_what_was_usual_before_it(self) -> None:
        """The range is that of the samples before the excursion, not stretched by it."""
        state, told = run(np.concatenate([noise(600), noise(10, 9000.0)]))

        usual = novelty.explain(state, told[-1], ZERO)

        assert 85 <= usual.low[0] <= 97 <= usual.middle[0] <= 103 <= usual.high[0] <= 115
        assert usual.value[0] > 8900
        assert 610 == usual.samples[0]


class TestCodec:
    @settings(max_examples=5, deadline=None)
    @given(st.integers(1, 690))
    def test_a_restored_state_goes_on_as_if_nothing_had_been(self, at: int) -> None:
        """Stop and restart anywhere: verdicts and states are the same, bit by bit."""
        values = np.concatenate([noise(600), noise(30, 200.0), noise(60)])
        whole, expected = run(values)
        state, first = run(values[:at])

        state, rest = run(values[at:], novelty.decode(novelty.encode(state)), at)

        assert novelty.encode(whole) == novelty.encode(state)
        assert pages(expected) == pages(first + rest)

    @given(st.binary(max_size=300))
    def test_other_bytes_are_refused(self, raw: bytes) -> None:
        """Garbage is one typed error."""
        with pytest.raises(UnreadableRobustStateError):
            novelty.decode([raw])

    def test_a_state_of_another_version_is_told_apart(self) -> None:
        """The error says which version it has."""
        with pytest.raises(OtherRobustStateVersionError) as caught:
            novelty.decode([b"N\x01" + bytes(100)])

        assert 1 == caught.value.version

    def test_batches_are_taken_apart_and_grow(self) -> None:
        """Parts are put back where they were, behind which there is room for more."""
        state, _ = run(np.random.default_rng(2).normal(10, 1, (60, 3)))
        before = novelty.encode(state)

        grown = state.grown(5)
        grown.put(ONE, state.take(ZERO))

        assert [before[0], before[0], before[2]] == novelty.encode(grown)[:3]
        assert novelty.encode(novelty.empty(2)) == novelty.encode(grown)[3:]
