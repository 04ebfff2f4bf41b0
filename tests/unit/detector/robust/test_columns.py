from typing import Any

import numpy as np
import numpy.typing as npt

from satark.detector.robust import WAN_LINK, State, empty, encode, step

Array = npt.NDArray[Any]
START, STEP = 1_704_067_200, 300


def judged(state: State, samples: int = 60, seed: int = 1) -> State:
    """Return the state after some samples of any values."""
    draw = np.random.default_rng(seed)
    for sample in range(samples):
        values = np.abs(draw.normal(20, 6, (6, state.entities)))
        times = np.full(state.entities, START + STEP * sample)
        state, _ = step(state, times, values, draw.random(values.shape) > 0.1, WAN_LINK)
    return state


class TestTake:
    def test_a_part_is_a_copy_of_its_columns_in_the_order_asked_for(self) -> None:
        """What happens to its numbers is not seen in the whole until it is put back."""
        state = judged(empty(WAN_LINK, 5))
        whole = encode(state)

        part = state.take(np.array([3, 1]))

        assert [whole[3], whole[1]] == encode(part)
        part.matrix[:] = 0
        assert whole == encode(state)


class TestPut:
    def test_a_part_replaces_its_columns_alone(self) -> None:
        """The rest of the batch is untouched."""
        state, columns = judged(empty(WAN_LINK, 5)), np.array([4, 0])
        before, part = encode(state), judged(state.take(columns), seed=2)

        state.put(columns, part)

        own = encode(part)
        assert [own[1], *before[1:4], own[0]] == encode(state)

    def test_a_batch_in_parts_is_the_batch_at_once(self) -> None:
        """Which entities come together changes nothing."""
        together, apart = judged(empty(WAN_LINK, 3), samples=1), judged(empty(WAN_LINK, 3), samples=1)
        draw = np.random.default_rng(7)
        for sample in range(1, 80):
            values, times = np.abs(draw.normal(20, 6, (6, 3))), np.full(3, START + STEP * sample)
            everything = np.ones(values.shape, np.bool_)
            together, _ = step(together, times, values, everything, WAN_LINK)
            for columns in np.array([2]), np.array([1, 0]):
                own, seen = values[:, columns], everything[:, columns]
                part, _ = step(apart.take(columns), times[columns], own, seen, WAN_LINK)
                apart.put(columns, part)

        assert encode(together) == encode(apart)


class TestGrown:
    def test_new_places_are_behind_the_old_ones_and_never_seen(self) -> None:
        """Growing keeps what is known."""
        state = judged(empty(WAN_LINK, 2))

        grown = state.grown(4)

        assert encode(state) + encode(empty(WAN_LINK, 2)) == encode(grown)

    def test_a_memory_does_not_shrink(self) -> None:
        """A smaller capacity is no order to forget."""
        assert 3 == empty(WAN_LINK, 3).grown(1).entities
