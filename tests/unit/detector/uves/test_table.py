from pathlib import Path
from typing import Any

import pytest
from faust.types import TP

from satark.detector.codec import faust_app
from satark.detector.settings import DetectorSettings
from satark.detector.uves.table import PartitionTable, Rows, partition_table
from satark.runtime.groups import KafkaSettings
from satark.schemas.topics import UVE_CHANGELOG
from tests.unit.detector.judging.logs import Raw

FIRST, SECOND = TP(UVE_CHANGELOG, 0), TP(UVE_CHANGELOG, 1)


class Change:
    """A chunk of the changelog as Faust hands it over."""

    def __init__(self, place: TP, *rows: tuple[bytes | None, bytes | None], first: int = 0) -> None:
        self.message = self
        self.partition, self.offset = place.partition, first + len(rows) - 1
        self.value = [Raw(place.partition, first + at, key, value) for at, (key, value) in enumerate(rows)]


class Shared:
    """A table, which partitions began with which rows, and which ended."""

    def __init__(self, folder: Path) -> None:
        self.app = faust_app(DetectorSettings(), KafkaSettings(brokers="127.0.0.1:1"), datadir=folder)
        self.table: PartitionTable = partition_table(self.app, name="uves", partitions=2)
        self.begun: dict[int, Rows] = {}
        self.ended: list[int] = []
        self.table.watch(on_recovered=self.begun.__setitem__, on_lost=self.ended.append)

    def read(self, **ends: tuple[int, int]) -> None:
        """Let Faust have read changelogs: the offset that was read last, and the last one that there is."""
        recovery: Any = self.app.tables.recovery  # type: ignore[attr-defined] # Faust's interface leaves it out
        for name, (read, end) in ends.items():
            place = {"first": FIRST, "second": SECOND}[name]
            recovery.active_offsets[place], recovery.active_highwaters[place] = read, end

    async def share_out(self, monkeypatch: pytest.MonkeyPatch, *places: TP) -> None:
        """Let these partitions be ours from now on."""
        monkeypatch.setattr(self.app.assignor, "assigned_actives", lambda: set(places))
        await self.table.on_rebalance(set(places), set(), set())


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    """A table that nothing was read into yet."""
    return Shared(tmp_path)


async def test_a_partition_begins_with_its_rows(shared: Shared) -> None:
    """The last value counts, none removes, and rows without a key do no harm."""
    shared.table.apply_changelog_batch([Change(FIRST, (b"a", b"1"), (b"b", b"1"), (None, b"x"))])
    shared.table.apply_changelog_batch([Change(FIRST, (b"a", b"2"), (b"b", None), first=3)])
    shared.read(first=(4, 4))

    await shared.table.on_recovery_completed({FIRST}, set())

    assert {0: {b"a": b"2"}} == shared.begun


async def test_a_partition_that_is_not_all_read_does_not_begin(shared: Shared) -> None:
    """A recovery that ends while partitions are shared out tells of new ones, which nobody has read yet."""
    shared.table.apply_changelog_batch([Change(SECOND, (b"a", b"1"))])
    shared.read(first=(-1, -1), second=(0, 9))
    await shared.table.on_recovery_completed({FIRST, SECOND, TP(UVE_CHANGELOG, 2)}, set())
    before = dict(shared.begun)

    shared.table.apply_changelog_batch([Change(SECOND, (b"b", b"1"), first=9)])
    shared.read(second=(9, 9))
    await shared.table.on_recovery_completed({FIRST, SECOND}, set())

    assert {0: {}} == before
    assert {b"a": b"1", b"b": b"1"} == shared.begun[1]


async def test_a_partition_that_was_let_go_is_read_from_its_beginning(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was ours or only read; of one that stays ours nothing is read again."""
    shared.table.apply_changelog_batch([Change(FIRST, (b"a", b"1")), Change(SECOND, (b"a", b"1"))])
    shared.read(first=(0, 0))
    await shared.table.on_recovery_completed({FIRST}, set())
    shared.table.wrote([(0, 5)])
    known = shared.table.persisted_offset(FIRST), shared.table.persisted_offset(SECOND)
    await shared.share_out(monkeypatch, FIRST)
    kept = shared.table.persisted_offset(FIRST), shared.table.persisted_offset(SECOND)
    await shared.share_out(monkeypatch)

    assert ((5, 0), (5, -1), -1) == (known, kept, shared.table.persisted_offset(FIRST))
    assert [0] == shared.ended
