"""Records until there are enough: bounds, limits, and ranges that are repeated."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from satark.analytics.ingest.expiry import expire
from satark.analytics.ingest.gathering import Gathering, Part
from satark.analytics.ingest.learning import Learnt
from satark.analytics.ingest.mapping.statistics import StatColumn
from satark.analytics.ingest.ranges import Range, Standing
from satark.analytics.ingest.reading import take_in
from satark.analytics.store.retention import Limits
from satark.analytics.store.tables import Kept
from satark.runtime.deadletter import about
from satark.runtime.records import Record
from satark.schemas import examples
from satark.schemas.codec import encode
from satark.schemas.topics import GENERATORS, METRICS

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
STAMP = int(NOW.timestamp()) * 1_000_000


def record(offset: int, event: Any = None, *, partition: int = 0, value: bytes | None = None) -> Record:
    """Return a record of an event, or with any value."""
    encoded = encode(event or examples.sample(), source="/test")
    return Record(encoded.topic, partition, offset, NOW, encoded.key, value or encoded.value, encoded.headers)


def gathering(*records: Record, rows: int = 10**6, standing: Standing | None = None) -> Gathering:
    """Return a gathering that has taken in records."""
    gathered = Gathering(most_rows=rows, most_bytes=10**9, wait_s=1.0)
    gathered.expect({(METRICS, 0): standing or Standing()})
    for each in records:
        take_in(each, gathered, 100.0)
    return gathered


def bounds(parts: Sequence[Part]) -> list[Range]:
    """Return the ranges of parts."""
    return [part.range for part in parts]


class TestGathering:
    def test_a_part_reaches_from_its_first_record_to_its_last(self) -> None:
        """Each partition's records are a part, with the time of the first."""
        parts = gathering(record(3), record(5), record(0, partition=1)).take()

        assert bounds(parts) == [Range(METRICS, 0, 3, 5, STAMP), Range(METRICS, 1, 0, 0, STAMP)]
        assert [part.rows.count for part in parts] == [6, 3]

    def test_it_is_due_by_rows_or_by_time(self) -> None:
        """Enough rows are enough at once; a few wait for others, but not long."""
        assert gathering(record(0), record(1), rows=6).due(100.0)
        assert [gathering(record(0)).due(now) for now in (100.5, 101.0)] == [False, True]
        assert not gathering().due(1e9)

    def test_a_repeated_range_ends_where_it_ended_and_goes_alone(self) -> None:
        """What comes behind it is a part of its own, and is handed over later."""
        open_ = Range(METRICS, 0, 4, 5, 77)
        gathered = gathering(*map(record, (4, 5, 6)), standing=Standing(4, (open_,)))

        assert [bounds(gathered.take()), bounds(gathered.take())] == [[open_], [Range(METRICS, 0, 6, 6, STAMP)]]

    def test_a_repeated_range_waits_for_its_end(self) -> None:
        """Half of it is not inserted: another process would take the half for the whole."""
        gathered = gathering(record(4), standing=Standing(4, (Range(METRICS, 0, 4, 9, 77),)))

        assert gathered.take() == []

    def test_a_repeated_range_ends_when_its_last_record_is_gone(self) -> None:
        """Where Kafka has dropped the end of a range, the next record closes it."""
        open_ = Range(METRICS, 0, 4, 9, 77)
        gathered = gathering(record(5), record(12), standing=Standing(4, (open_,)))

        assert [bounds(gathered.take()), bounds(gathered.take())] == [[open_], [Range(METRICS, 0, 12, 12, STAMP)]]

    def test_a_range_of_which_nothing_is_left_is_forgotten(self) -> None:
        """What Kafka has none of any more cannot be repeated."""
        gathered = gathering(record(50), standing=Standing(4, (Range(METRICS, 0, 4, 9, 77),)))

        assert bounds(gathered.take()) == [Range(METRICS, 0, 50, 50, STAMP)]

    def test_offsets_that_begin_again_are_noticed(self) -> None:
        """A record from before what is done belongs to a topic that was made anew."""
        gathered = gathering(standing=Standing(10))

        assert (gathered.begins_anew(record(3)), gathered.begins_anew(record(10))) == (True, False)


class TestTakeIn:
    @pytest.mark.parametrize(
        ("each", "reason"),
        [
            (record(0, value=b"{"), "not_json"),
            (record(0, value=b"{}"), "invalid"),
            (record(0, msgspec.structs.replace(examples.sample(), time=NOW + timedelta(days=2))), "time_ahead"),
        ],
    )
    def test_a_record_that_is_unusable_is_a_dead_letter(self, each: Record, reason: str) -> None:
        """It has no rows; it is kept with its reason, and the next record is taken in."""
        (part,) = gathering(each, record(1)).take()

        assert (part.rows.count, [about_of(letter)["reason"] for letter in part.letters]) == (3, [reason])

    def test_a_share_beyond_all_depth_is_a_dead_letter(self) -> None:
        """Values within values end somewhere; the process does not."""
        nested = b'{"type":"struct","fields":{"a":' * 400 + b'{"type":"i32"}' + b"}}" * 400
        value = msgspec.json.encode(examples.share()).replace(
            b'"attributes":{', b'"attributes":{"deep":' + nested + b","
        )
        (part,) = gathering(record(0, examples.share(), value=value)).take()

        assert len(part.letters) == 1

    def test_what_is_gone_from_a_compacted_topic_is_no_mistake(self) -> None:
        """A record without a value has no rows and is no dead letter."""
        gone = Record(GENERATORS, 0, 0, NOW, b"key", None, ())
        (part,) = gathering(gone).take()

        assert (part.rows.count, part.letters) == (0, [])


class TestExpire:
    def test_rows_older_than_what_is_kept_are_left_out(self) -> None:
        """Their partition would be dropped at the next look."""
        old = msgspec.structs.replace(examples.sample(), time=NOW - timedelta(days=8))
        parts = gathering(record(0, old), record(1)).take()

        gone = expire(parts, {Kept.SAMPLES: Limits(timedelta(days=7))}, NOW)

        assert (gone, [len(part.rows.by_table["samples"]) for part in parts]) == ({"samples": 3}, [3])


class TestLearnt:
    def test_a_column_is_told_once(self) -> None:
        """What the store has been told it is not told again."""
        (part,) = gathering(record(0)).take()
        part.rows.columns.add(StatColumn("a.b", "b.c", "int", indexed=False, suffixes=()))
        learnt = Learnt()
        entities, columns = learnt.rows_of([part], NOW)
        learnt.learnt([part])

        assert (len(entities), columns) == (1, [("a.b", "b.c", "int", 0, (), STAMP)])
        assert learnt.rows_of([part], NOW)[1] == []


def about_of(letter: Any) -> Any:
    """Return what a dead letter says of itself."""
    return about(Record(letter.topic, 0, 0, NOW, letter.key, letter.value, letter.headers))
