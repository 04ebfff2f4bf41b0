from collections.abc import AsyncGenerator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.detector.replay import ordering
from satark.detector.replay.ordering import by_time
from satark.detector.replay.sightings import BATCH, Sighting
from tests.unit.detector.replay.links import sample, sightings


async def batches(waiting: list[Sighting], size: int) -> AsyncGenerator[list[Sighting], None]:
    """Hand out sightings, some at a time."""
    for start in range(0, len(waiting), size):
        yield waiting[start : start + size]


async def ordered(waiting: list[Sighting], *, run: int = 5, size: int = 3) -> list[Sighting]:
    """Put sightings in order."""
    return [sighting async for batch in by_time(batches(waiting, size), run=run) for sighting in batch]


class TestByTime:
    @given(
        intervals=st.lists(st.tuples(st.integers(0, 20), st.sampled_from("ab")), max_size=60), run=st.integers(1, 70)
    )
    async def test_it_sorts(self, intervals: list[tuple[int, str]], run: int) -> None:
        """Whatever fits in memory, samples come by their time; of the same time as they came."""
        waiting = sightings(sample(i, float(n), entity) for n, (i, entity) in enumerate(intervals))

        assert await ordered(waiting, run=run) == sorted(waiting, key=lambda sighting: sighting.sample.time)

    async def test_files_are_few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With many runs, older ones are merged, so that few files are open at once."""
        monkeypatch.setattr(ordering, "MAX_RUNS", 2)
        waiting = sightings(sample(i * 37 % 100) for i in range(100))

        assert await ordered(waiting) == sightings(sample(i) for i in range(100))

    async def test_the_count_is_known_first(self) -> None:
        """How many there are is told before the first comes out; they come in batches of a bounded size."""
        seen: list[int] = []
        made = by_time(batches(sightings(sample(i) for i in range(BATCH + 1)), 100), seen=seen.append)

        sizes = [(len(batch), list(seen)) async for batch in made]

        assert sizes == [(BATCH, [BATCH + 1]), (1, [BATCH + 1])]
