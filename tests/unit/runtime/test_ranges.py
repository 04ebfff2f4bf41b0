from collections import deque
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satark.runtime.kafka.ranges import _merged
from satark.runtime.records import Record

START = datetime(2026, 3, 10, tzinfo=UTC)


def record(partition: int, offset: int, second: int) -> Record:
    """Return a record that was written at a second."""
    return Record("t", partition, offset, START + timedelta(seconds=second), None, None)


def buffers(*partitions: list[int]) -> dict[int, deque[Record]]:
    """Return what was fetched of partitions, given the seconds of their records."""
    return {p: deque(record(p, o, s) for o, s in enumerate(seconds)) for p, seconds in enumerate(partitions)}


class TestMerged:
    def test_the_oldest_goes_first(self) -> None:
        """Across partitions the oldest head goes first, and all goes when nothing more is to come."""
        taken = _merged(buffers([1, 4], [2, 3]), set())

        assert [(each.partition, each.offset) for each in taken] == [(0, 0), (1, 0), (1, 1), (0, 1)]

    def test_an_empty_partition_is_waited_for(self) -> None:
        """What might still be younger than what comes is kept back."""
        waiting = buffers([1, 4], [2], [])

        assert _merged(waiting, {2}) == []
        assert [(each.partition, each.offset) for each in _merged(waiting, {1})] == [(0, 0), (1, 0)]
        assert [each.offset for each in waiting[0]] == [1]

    @given(partitions=st.lists(st.lists(st.integers(0, 50), max_size=20), max_size=5))
    def test_each_partition_keeps_its_order(self, partitions: list[list[int]]) -> None:
        """Whatever the times of writing, nothing is lost, and a partition's records come in its order."""
        taken = _merged(buffers(*partitions), set())

        for number, seconds in enumerate(partitions):
            assert [each.offset for each in taken if each.partition == number] == list(range(len(seconds)))
        if all(seconds == sorted(seconds) for seconds in partitions):
            assert [each.timestamp for each in taken] == sorted(each.timestamp for each in taken)
