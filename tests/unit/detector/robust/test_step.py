from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.robust import ROUND_TRIP, WAN_LINK, Cause, Layout, State, accept, decode, empty, encode, step

Array = npt.NDArray[Any]
START, STEP = 1_704_067_200, 300


def run(
    values: Array, layout: Layout = ROUND_TRIP, state: State | None = None, begin: int = 0
) -> tuple[State, list[Any]]:
    """Judge values [samples, series, entities] with NaN where there is none; return the state and the verdicts."""
    state = state or empty(layout, values.shape[2])
    verdicts = []
    for sample, now in enumerate(values):
        times = np.full(values.shape[2], START + STEP * (begin + sample))
        state, verdict = step(state, times, now, np.isfinite(now), layout)
        verdicts.append(verdict)
    return state, verdicts


def quiet(samples: int, level: float = 20.0) -> Array:
    """Return one round-trip time that hardly varies."""
    noise = np.random.default_rng(3).integers(-1, 2, samples)
    return (level + noise).reshape(-1, 1, 1).astype(float)


def paged(verdicts: list[Any]) -> list[int]:
    """Return the samples at which the first entity paged."""
    return [sample for sample, verdict in enumerate(verdicts) if verdict.page[0]]


class TestBatch:
    @settings(max_examples=8, deadline=None)
    @given(st.integers(0, 2**31), st.integers(2, 5))
    def test_a_batch_of_n_is_n_batches_of_one(self, seed: int, entities: int) -> None:
        """Columns are independent: states are bit-equal, whatever is missing and whenever samples come."""
        draw = np.random.default_rng(seed)
        values = np.abs(draw.normal(20, 6, (60, 6, entities))).round(1)
        mask = draw.random(values.shape) > 0.1
        times = START + STEP * np.arange(60)[:, None] + 3600 * draw.integers(0, 9, entities)[None]
        together, alone = empty(WAN_LINK, entities), [empty(WAN_LINK, 1) for _ in range(entities)]
        for sample in range(60):
            together, verdict = step(together, times[sample], values[sample], mask[sample], WAN_LINK)
            for place in range(entities):
                own = slice(place, place + 1)
                alone[place], single = step(
                    alone[place], times[sample, own], values[sample][:, own], mask[sample][:, own], WAN_LINK
                )
                assert verdict.page[place] == single.page[0]

        assert encode(together) == [encode(state)[0] for state in alone]

    def test_nothing_seen_changes_nothing(self) -> None:
        """Missing samples are no zeros and no recovery."""
        state, _ = run(np.concatenate([quiet(600), quiet(10, 60.0)]))
        before = encode(state)

        state, verdicts = run(np.full((50, 1, 1), np.nan), state=state, begin=610)

        assert before == encode(state)
        assert all(verdict.active[0] and not verdict.page[0] for verdict in verdicts)


class TestSamples:
    @settings(max_examples=10, deadline=None)
    @given(st.lists(st.floats(), min_size=1, max_size=40))
    def test_no_number_is_too_strange(self, strange: list[float]) -> None:
        """Whatever a float can be is judged or left out, without a warning."""
        values = np.concatenate([quiet(30), np.array(strange).reshape(-1, 1, 1), quiet(30)])

        state, _ = run(values)

        assert np.isfinite(state.words.level).all()


class TestPages:
    def test_a_shift_pages_once_and_ends_when_it_is_back(self) -> None:
        """One page for one rise; the alarm is over soon after the level is back."""
        _, verdicts = run(np.concatenate([quiet(600), quiet(60, 50.0), quiet(40)]))

        assert [603] == paged(verdicts)
        assert verdicts[603].cause[0] == Cause.SHIFT
        assert verdicts[659].active[0]
        assert not verdicts[670].active[0]

    def test_a_quiet_series_never_pages(self) -> None:
        """Neither a constant nor a millisecond more is an incident."""
        constant = np.full((700, 1, 1), 20.0)
        constant[500:] += 1

        assert [] == paged(run(constant)[1]) == paged(run(quiet(700))[1])

    def test_a_spike_never_pages(self) -> None:
        """A single sample, however large, is none."""
        values = quiet(700)
        values[600] = 900.0

        assert [] == paged(run(values)[1])

    def test_a_further_rise_is_worse_but_not_within_the_hour(self) -> None:
        """An open alarm that climbs pages no second time; that it is worse is told once it is another hour."""
        soon = run(np.concatenate([quiet(600), quiet(6, 50.0), quiet(30, 90.0)]))[1]
        later = run(np.concatenate([quiet(600), quiet(16, 50.0), quiet(30, 90.0)]))[1]

        assert [603] == paged(soon) == paged(later)
        assert not any(verdict.worse[0] for verdict in soon)
        assert [619] == [sample for sample, verdict in enumerate(later) if verdict.worse[0]]

    def test_a_rise_anew_from_a_steady_level_pages(self) -> None:
        """What has been steady in its trouble for some time and rises again is trouble of its own."""
        _, verdicts = run(np.concatenate([quiet(600), quiet(40, 50.0), quiet(30, 90.0)]))

        assert [603, 643] == paged(verdicts)
        assert verdicts[642].active[0]
        assert not any(verdict.worse[0] for verdict in verdicts)

    def test_the_least_rise_is_a_matter_of_the_entity(self) -> None:
        """What matters on one link does not on another."""
        values = np.repeat(np.concatenate([quiet(600), quiet(60, 50.0)]), 2, axis=2)
        state, pages = empty(ROUND_TRIP, 2), []
        for sample, now in enumerate(values):
            times, least = np.full(2, START + STEP * sample), np.array([[8.0, 40.0]], np.float32)
            state, verdict = step(state, times, now, np.isfinite(now), ROUND_TRIP, material=least)
            pages += [(sample, int(entity)) for entity in np.flatnonzero(verdict.page)]

        assert [(603, 0)] == pages

    def test_maintenance_neither_tells_nor_teaches(self) -> None:
        """What happens in a window that was announced is not looked at."""
        state, _ = run(quiet(600))
        before = encode(state)
        worked = np.array([True])
        for sample in range(20):
            times = np.array([START + STEP * (600 + sample)])
            state, verdict = step(
                state, times, np.full((1, 1), 300.0), np.ones((1, 1), np.bool_), ROUND_TRIP, maintenance=worked
            )
            assert not verdict.page[0]

        assert before == encode(state)

    def test_while_there_is_no_baseline_limits_page(self) -> None:
        """A new link beyond an absolute limit is told of at its third sample."""
        _, verdicts = run(np.full((10, 1, 1), 450.0))

        assert [2] == paged(verdicts)
        assert verdicts[2].cause[0] == Cause.LIMIT

    def test_a_rise_stays_trouble_until_a_person_accepts_it(self) -> None:
        """An accepted level is normal at once."""
        state, verdicts = run(np.concatenate([quiet(600), quiet(100, 50.0)]))
        assert verdicts[-1].active[0]

        state = accept(state, np.array([0]))
        _, verdicts = run(quiet(30, 50.0), state=state, begin=700)

        assert not any(verdict.active[0] for verdict in verdicts)


class TestChanges:
    def test_a_change_of_level_is_located_where_it_began(self) -> None:
        """A confirmed change names its first sample, in either direction."""
        _, verdicts = run(np.concatenate([quiet(300), quiet(40, 26.0), quiet(40)]))

        found = [(sample, int(v.since[0, 0])) for sample, v in enumerate(verdicts) if v.changed[0, 0]]

        assert [(307, START + STEP * 300), (347, START + STEP * 340)] == found


class TestCodec:
    def test_a_restored_state_goes_on_as_if_nothing_had_been(self) -> None:
        """Stop and restart anywhere: verdicts and states are the same."""
        values = np.concatenate([quiet(400), quiet(20, 40.0), quiet(100)])
        whole, expected = run(values)
        state, first = run(values[:405])

        state, rest = run(values[405:], state=decode(encode(state), ROUND_TRIP), begin=405)

        assert encode(whole) == encode(state)
        assert paged(expected) == paged(first + rest)

    def test_a_state_is_small(self) -> None:
        """At most 2 KiB a series."""
        assert len(encode(empty(WAN_LINK, 1))[0]) / 6 <= 2048
        assert len(encode(empty(ROUND_TRIP, 1))[0]) <= 2048
