from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.runtime.deadletter import CUT, MAX_DETAIL_CHARS, PREFIX, about, dead_letter, reason_of, revived
from satark.runtime.records import OutgoingRecord, Record

NOW = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)
TOPIC = "satark.metrics.v1"

headers = st.lists(st.tuples(st.text().filter(lambda name: not name.startswith(PREFIX)), st.binary()), max_size=5)
records = st.builds(
    Record,
    topic=st.just(TOPIC),
    partition=st.integers(min_value=0, max_value=100),
    offset=st.integers(min_value=0, max_value=2**60),
    timestamp=st.datetimes(timezones=st.just(UTC)),
    key=st.none() | st.binary(),
    value=st.none() | st.binary(),
    headers=headers.map(tuple),
)


class NamedError(Exception):
    """An error that says its reason in a word."""

    reason = "invalid"


def kept(outgoing: OutgoingRecord, offset: int = 7) -> Record:
    """Return an outgoing record as somebody reads it."""
    return Record(outgoing.topic, 0, offset, NOW, outgoing.key, outgoing.value, outgoing.headers)


class TestDeadLetter:
    def test_it_says_why_and_from_where(self) -> None:
        """A dead letter carries the original record and headers that say where it was and what was wrong."""
        record = Record(TOPIC, 3, 17, NOW, b"key", b"value", (("ce_id", b"1"),))

        letter = dead_letter(record, NamedError("no metrics"), service="detector", now=NOW)

        assert (letter.topic, letter.key, letter.value) == (f"{TOPIC}.dlq", b"key", b"value")
        assert letter.headers[0] == ("ce_id", b"1")
        assert about(kept(letter)) == {
            "topic": TOPIC,
            "partition": "3",
            "offset": "17",
            "timestamp": "2026-03-02T10:05:00+00:00",
            "reason": "invalid",
            "detail": "no metrics",
            "service": "detector",
            "time": "2026-03-02T10:05:00+00:00",
        }

    def test_an_error_without_reason_is_named_by_its_class(self) -> None:
        """The reason of an error that names none is its class."""
        assert reason_of(ValueError("x")) == "ValueError"

    def test_a_long_detail_is_cut(self) -> None:
        """The detail is bounded, whatever the error says."""
        letter = dead_letter(Record(TOPIC, 0, 0, NOW, None, b"", ()), ValueError("x" * 10**6), service="s", now=NOW)

        assert len(about(kept(letter))["detail"]) == MAX_DETAIL_CHARS

    @pytest.mark.parametrize(
        ("key", "value", "header"),
        [
            (b"k", 10**6, 10),
            (b"k" * 10**6, 10, 10),
            (b"k", 10, 10**6),
            (b"k" * 10**6, 10**6, 10**6),
            (b"k", 850_000, 60_000),
        ],
    )
    def test_of_what_is_too_large_a_part_is_kept(self, key: bytes, value: int, header: int) -> None:
        """Whatever of a record is huge, its letter fits into a million bytes, says so, and does not go back."""
        record = Record(TOPIC, 0, 0, NOW, key, b"v" * value, (("ce_id", b"h" * header),))
        letter = dead_letter(record, ValueError("x" * 10**6), service="s", now=NOW)
        size = (
            len(letter.key or b"")
            + len(letter.value or b"")
            + sum(len(name) + len(text) for name, text in letter.headers)
        )

        assert size < 910_000
        assert about(kept(letter))[CUT] == str(len(key) + value + len("ce_id") + header)
        assert record.value is not None
        assert record.value.startswith(letter.value or b"")
        with pytest.raises(ValueError, match="only a part of a record"):
            revived(kept(letter))

    @given(record=records, detail=st.text())
    def test_it_can_go_back_as_it_was(self, record: Record, detail: str) -> None:
        """Reviving a dead letter gives the original key, bytes, headers and topic, also the second time."""
        once = dead_letter(record, ValueError(detail), service="detector", now=NOW)
        twice = dead_letter(
            Record(TOPIC, 0, 0, NOW, *_content(revived(kept(once)))), ValueError(detail), service="detector", now=NOW
        )

        assert revived(kept(once)) == OutgoingRecord(TOPIC, record.key, record.value, record.headers)
        assert revived(kept(twice)) == revived(kept(once))


class TestRevived:
    @pytest.mark.parametrize("said", [(), ((PREFIX + "topic", b""),), ((PREFIX + "topic", f"{TOPIC}.dlq".encode()),)])
    def test_a_letter_without_an_origin_stays(self, said: tuple[tuple[str, bytes], ...]) -> None:
        """What names no topic, or the topic it is in, cannot go back."""
        letter = Record(f"{TOPIC}.dlq", 0, 5, NOW, None, b"x", said)

        with pytest.raises(ValueError, match=r"partition 0 offset 5 names no topic to go back to"):
            revived(letter)


def _content(record: OutgoingRecord) -> tuple[bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]:
    return record.key, record.value, record.headers
