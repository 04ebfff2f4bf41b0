from dataclasses import dataclass

from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from satark.detector.chunks import Chunk, ChunkScheduler, ChunkSchema, Limit, chunked

BULK, PLAIN = TP("bulk", 0), TP("plain", 0)


@dataclass(frozen=True)
class Raw:
    """A record as the client gives it."""

    offset: int
    value: bytes | None = b"v"
    topic: str = "bulk"
    partition: int = 0
    timestamp: int = 5
    timestamp_type: int = 0


@given(
    st.lists(st.one_of(st.none(), st.binary(max_size=20)), max_size=50),
    st.builds(Limit, st.integers(1, 7), st.integers(1, 60)),
)
def test_chunks_hold_all_records_in_order_and_no_more_than_allowed(values: list[bytes | None], limit: Limit) -> None:
    """Each ends with the offset of its last record; only a record alone may be larger than a chunk."""
    records = [Raw(at, value) for at, value in enumerate(values)]
    chunks = list(chunked(records, limit))

    assert records == [record for chunk in chunks for record in chunk.value]
    assert [chunk.value[-1].offset for chunk in chunks] == [chunk.offset for chunk in chunks]
    assert all(len(chunk.value) <= limit.records for chunk in chunks)
    assert all(chunk.serialized_value_size <= limit.value_bytes or len(chunk.value) == 1 for chunk in chunks)


def test_only_topics_in_bulk_come_in_chunks() -> None:
    """Others come record by record, in turn with the chunks."""
    scheduler = ChunkScheduler({"bulk": Limit(records=2, value_bytes=100)})
    plain = [Raw(at, topic="plain") for at in range(3)]
    items = list(scheduler.iterate({BULK: [Raw(at) for at in range(3)], PLAIN: plain}))

    assert [BULK, PLAIN, BULK, PLAIN, PLAIN] == [tp for tp, _ in items]
    assert [1, 2] == [item.offset for _, item in items if isinstance(item, Chunk)]
    assert plain == [item for tp, item in items if tp == PLAIN]


def test_the_schema_converts_nothing() -> None:
    """What the scheduler made arrives as it is."""
    chunk = next(chunked([Raw(1)], Limit(1, 1)))

    assert (None, chunk.value) == (ChunkSchema().loads_key(None, chunk), ChunkSchema().loads_value(None, chunk))
