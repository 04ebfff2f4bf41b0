"""Nothing lost, nothing twice: whatever is killed at whatever step, and whoever goes on."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.analytics.ingest import writing
from satark.analytics.ingest.gathering import Gathering, origin_of
from satark.analytics.ingest.mapping.origin import Values
from satark.analytics.ingest.mapping.rows import add_rows
from satark.analytics.ingest.ranges import standings
from satark.analytics.ingest.shelf import Shelf
from satark.runtime.records import Record
from satark.schemas import examples
from satark.schemas.codec import decode, encode
from tests.unit.analytics.ingest.shelves import Disk, KilledError, MemoryShelf


def topic_of(size: int, partitions: int = 2) -> list[Record]:
    """Return records of a topic of samples, in the order that a consumer has them; days and entities change."""
    records = []
    for number in range(size):
        time = examples.BEGIN + timedelta(hours=13 * number)
        sample = msgspec.structs.replace(examples.sample(), time=time, id=f"s{number}", entity=f"link{number % 3}")
        encoded = encode(sample, source="/test")
        partition, offset = number % partitions, number // partitions
        records.append(
            Record(encoded.topic, partition, offset, examples.BEGIN, encoded.key, encoded.value, encoded.headers)
        )
    return records


def life(shelf: Shelf, records: Sequence[Record], batch: int, *, alone: bool = False) -> None:
    """Do what a process does with a topic, from where the store says, until its end."""
    gathering = Gathering(most_rows=batch, most_bytes=10**9, wait_s=10**9)
    known = standings(shelf.notes())
    gathering.expect(known)
    starts = {position: standing.start or 0 for position, standing in known.items()}
    for record in records:
        if record.offset < starts.get((record.topic, record.partition), 0):
            continue
        part = gathering.part_for(record)
        before = part.rows.count
        add_rows(decode(record.topic, record.value, record.headers), origin_of(record), part.rows)
        gathering.took(record, part, part.rows.count - before, 0.0)
        if gathering.due(0.0):
            flush(shelf, gathering, alone=alone)
    flush(shelf, gathering, alone=alone)
    flush(shelf, gathering, alone=alone)


def flush(shelf: Shelf, gathering: Gathering, *, alone: bool) -> None:
    """Insert what was gathered."""
    if parts := gathering.take():
        writing.begin(shelf, parts)
        writing.write(shelf, parts, alone=alone)
        writing.finish(shelf, parts)


def expected(records: Sequence[Record]) -> Counter[Values]:
    """Return the rows that a process has which nothing happens to."""
    disk = Disk()
    life(MemoryShelf(disk, "only"), records, 7)
    return Counter(disk.rows["samples"])


class TestReplay:
    @settings(deadline=None)
    @given(
        size=st.integers(1, 40),
        alone=st.booleans(),
        deaths=st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.integers(1, 40), st.booleans()), max_size=6),
    )
    def test_whatever_dies_whenever_each_row_is_there_once(
        self, size: int, alone: bool, deaths: list[tuple[int, bool, int, bool]]
    ) -> None:
        """Processes that die at any call, with batches of any size, leave what one that lives would have left."""
        records = topic_of(size)
        disk = Disk()
        for number, (dies_at, before, batch, forgets) in enumerate(deaths):
            shelf = MemoryShelf(disk, f"w{number % 2}", dies_at=dies_at, before=before)
            shelf.forgets_tokens = forgets
            try:
                life(shelf, records, batch, alone=alone)
            except KilledError:
                continue
        life(MemoryShelf(disk, "last"), records, 5, alone=alone)

        assert Counter(disk.rows["samples"]) == expected(records)

    @settings(deadline=None)
    @given(prefix=st.integers(0, 30), batch=st.integers(1, 30))
    def test_a_topic_that_is_read_again_adds_no_row(self, prefix: int, batch: int) -> None:
        """What is done stays as it is, however far the topic is read again."""
        records = topic_of(30)
        disk = Disk()
        life(MemoryShelf(disk, "first"), records, 4)
        before = Counter(disk.rows["samples"])
        life(MemoryShelf(disk, "second"), records[:prefix], batch)

        assert Counter(disk.rows["samples"]) == before

    def test_a_token_that_is_remembered_without_its_rows_loses_nothing(self) -> None:
        """A store that died between its note of a token and the rows takes the rows when they are repeated."""
        records = topic_of(4)
        disk = Disk()
        life(MemoryShelf(disk, "ghost"), records, 100)
        rows, disk.rows = disk.rows, {}
        disk.notes = {key: note for key, note in disk.notes.items() if note.state == "begun"}
        life(MemoryShelf(disk, "next"), records, 3)

        assert Counter(disk.rows["samples"]) == Counter(rows["samples"])

    def test_two_lives_of_one_process_do_not_lose_the_first_ones_range(self) -> None:
        """A writer that goes on under its own name repeats its open range before it notes another."""
        records = topic_of(20)
        disk = Disk()
        for dies_at, batch in ((2, 12), (2, 60), (1, 60), (3, 6), (2, 60), (4, 60)):
            try:
                life(MemoryShelf(disk, "same", dies_at=dies_at), records, batch)
            except KilledError:
                continue
        life(MemoryShelf(disk, "same"), records, 50)

        assert Counter(disk.rows["samples"]) == expected(records)
