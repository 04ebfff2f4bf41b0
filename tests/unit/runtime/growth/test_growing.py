from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from satark.runtime.growth import growing
from satark.runtime.growth.growing import grow
from satark.runtime.growth.layout import GROWING, IN_ORDER, LAST, STATE, GrowthError, Position, Standing
from satark.runtime.growth.rows import Moves


class Imagined:
    """A cluster that does what it is told, and notes it."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(GROWING, 2)
        self.cut: dict[Position, int] = {}
        self.joins: list[int] = []
        self.deeds: list[str] = []

    async def standing(self) -> Standing:
        """Return how it is."""
        return Standing(dict(self.counts), cut=self.cut, read=self.cut)

    async def members(self) -> int:
        """Return how many have joined."""
        return self.joins.pop(0) if self.joins else 0

    async def add(self, counts: Mapping[str, int]) -> None:
        """Give topics more partitions."""
        self.counts |= counts
        self.deeds += [f"add {name}" for name in counts]

    async def note_ends(self, have: int) -> None:
        """Note the ends."""
        self.cut = {(name, number): 0 for name in IN_ORDER for number in range(have)}

    async def moves(self, topic: str, before: int, after: int) -> Moves:
        """Return that nothing moves."""
        self.deeds.append(f"move {topic}")
        return Moves(topic, before, after, lambda _key, _count: 0)

    async def write(self, records: Iterable[Any]) -> None:
        """Write nothing."""
        assert [] == list(records)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A cluster whose writers are quick."""
    monkeypatch.setattr(growing, "FOLLOWING_S", 0.0)
    monkeypatch.setattr(growing, "JOINING_S", 0.0)
    return Imagined()


async def test_two_calls_do_it_and_a_third_changes_nothing(cluster: Any) -> None:
    """The state moves in the second call, and the topic that says so is the last."""
    said: list[str] = []
    done = [await grow(cluster, 4, said.append) for _ in range(3)]

    assert [False, True, True] == done
    assert dict.fromkeys(GROWING, 4) == cluster.counts
    assert [*(f"add {name}" for name in STATE), *(f"move {name}" for name in STATE), f"add {LAST}"] == cluster.deeds[
        -5:
    ]
    assert "there are 4 partitions, as wanted" == said[-1]


@pytest.mark.parametrize("joins", [[1], [0, 1]])
async def test_a_detector_that_joins_meanwhile_holds_it_up(cluster: Any, joins: list[int]) -> None:
    """Before the move or after it: the last topic is left as it is, and the next call begins the move again."""
    await grow(cluster, 4, print)
    cluster.joins = joins

    with pytest.raises(GrowthError, match="has joined"):
        await grow(cluster, 4, print)
    assert 2 == cluster.counts[LAST]
    assert await grow(cluster, 4, print)
