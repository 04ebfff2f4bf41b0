from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from satark.runtime.growth.rows import Moves
from satark.runtime.kafka import partition_of
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.topics import DETECTOR_CHANGELOG, UVE_CHANGELOG
from satark.uve.counters import Counter, Place
from satark.uve.rows import counters_row, remembered, share_key, source_row

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BEFORE, AFTER = 3, 6
ENTITY = next(
    name for name in map("ObjectVNTable:{}".format, range(99)) if partition_of(name.encode(), AFTER) >= BEFORE
)
HOME, AWAY = partition_of(ENTITY.encode(), BEFORE), partition_of(ENTITY.encode(), AFTER)


def row(partition: int, key: bytes, value: bytes | None, topic: str = DETECTOR_CHANGELOG) -> Record:
    """Return a row of a changelog."""
    return Record(topic, partition, 0, NOW, key, value, ())


def moves(topic: str, *records: Record) -> Moves:
    """Return what becomes of rows."""
    found = Moves(topic, BEFORE, AFTER, partition_of)
    for record in records:
        found.take(record)
    return found


class TestLinks:
    @given(st.lists(st.tuples(st.binary(min_size=1, max_size=4), st.none() | st.binary()), max_size=40))
    def test_all_rows_are_where_their_keys_belong(self, rows: list[tuple[bytes, bytes | None]]) -> None:
        """Whatever was written, each key's last value is in its new partition and nowhere else."""
        tables: dict[int, dict[bytes, bytes | None]] = {number: {} for number in range(AFTER)}
        written = [row(partition_of(key, BEFORE), key, value) for key, value in rows]
        found = moves(DETECTOR_CHANGELOG, *written)
        outgoing = [(each.partition, each.key, each.value) for each in (*found.copies(), *found.removals())]
        for number, key, value in (*((each.partition, each.key, each.value) for each in written), *outgoing):
            assert number is not None
            assert key is not None
            tables[number][key] = value

        wanted = {(partition_of(key, AFTER), key): value for key, value in rows}
        assert {place: value for place, value in wanted.items() if value is not None} == {
            (number, key): value
            for number, table in tables.items()
            for key, value in table.items()
            if value is not None
        }

    def test_a_key_that_lies_elsewhere_stays(self) -> None:
        """Whoever wrote it places keys by a rule of its own: such rows are counted, and left."""
        strange = next(key for key in (b"%d" % number for number in range(99)) if partition_of(key, BEFORE) == 1)
        found = moves(DETECTOR_CHANGELOG, row(2, strange, b"1"))

        assert (0, 1, []) == (found.count, found.strangers, list(found.copies()))

    def test_what_an_interrupted_move_has_brought_is_left_alone(self) -> None:
        """Rows of new partitions are where they belong."""
        assert 0 == moves(DETECTOR_CHANGELOG, row(4, b"a", b"1")).count


class TestObjects:
    def test_rows_go_where_their_object_goes(self) -> None:
        """The object's key decides, not the row's."""
        key = share_key(ENTITY, "Vn", "g")
        found = moves(UVE_CHANGELOG, row(HOME, key, b"1", UVE_CHANGELOG))

        assert [OutgoingRecord(UVE_CHANGELOG, key, b"1", (), AWAY)] == list(found.copies())
        assert [OutgoingRecord(UVE_CHANGELOG, key, None, (), HOME)] == list(found.removals())

    def test_all_new_partitions_know_which_sessions_are_over(self) -> None:
        """The greatest session of each generator, wherever it was told."""
        rows = [row(number, *source_row("g", through), UVE_CHANGELOG) for number, through in ((0, 7), (1, 9), (2, 8))]
        found = list(moves(UVE_CHANGELOG, *rows).copies())

        assert [3, 4, 5] == [record.partition for record in found]
        assert {"g": 9} == remembered([(record.key or b"", record.value or b"") for record in found]).through

    def test_a_counter_forgets_its_offset_and_nothing_else(self) -> None:
        """In another partition the greatest offset heard would hide what is new there."""
        counter = Counter(form=("i32", ()))
        counter.add("g", 5, counter.form, session=1, sequence=1, place=Place(4711, 99))
        key, value = counters_row(ENTITY, {"Vn": {"x": counter}})
        (copy,) = moves(UVE_CHANGELOG, row(HOME, key, value, UVE_CHANGELOG)).copies()
        found = remembered([(key, copy.value or b"")]).counters[ENTITY]["Vn"]["x"]

        assert (-1, 5, 99, counter.counts) == (found.through, found.total, found.heard_us, found.counts)
