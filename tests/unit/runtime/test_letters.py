from datetime import UTC, datetime, timedelta

import pytest

from satark.runtime import letters
from satark.runtime.deadletter import PREFIX, dead_letter
from satark.runtime.letters import Place, Selection, Tally
from satark.runtime.records import OutgoingRecord, Record

NOW = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)
TOPIC = "satark.metrics.v1"
EXISTING = frozenset({TOPIC, f"{TOPIC}.dlq"})


class BrokenError(ValueError):
    """An error with a reason."""

    reason = "invalid"


def letter(
    *,
    offset: int = 0,
    origin: str | None = TOPIC,
    topic: str = f"{TOPIC}.dlq",
    timestamp: datetime = NOW,
    value: bytes = b"{}",
) -> Record:
    """Return a dead letter as it is read."""
    original = Record(origin or TOPIC, 2, 40 + offset, NOW, b"key", value, (("ce_id", b"1"),))
    outgoing = dead_letter(original, BrokenError("no \x1b[31mmetrics"), service="detector", now=NOW)
    headers = outgoing.headers if origin else tuple(h for h in outgoing.headers if h[0] != f"{PREFIX}topic")
    return Record(topic, 0, offset, timestamp, outgoing.key, outgoing.value, headers)


class TestPlace:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("satark.metrics.v1.dlq/0/17", Place("satark.metrics.v1.dlq", 0, 17)),
            ("satark.metrics.v1/0/17", Place("satark.metrics.v1.dlq", 0, 17)),
            ("3/4", Place(None, 3, 4)),
        ],
    )
    def test_it_is_topic_partition_offset(self, text: str, expected: Place) -> None:
        """A place names the dead letter topic, by either name, partition and offset."""
        assert expected == letters.place(text)

    @pytest.mark.parametrize("text", ["", "17", "a/b/c", "t/0/-1", "t/0/1/2", "t/٣/1", "t t/0/1"])
    def test_anything_else_is_refused(self, text: str) -> None:
        """What is no place is refused, and shown."""
        with pytest.raises(ValueError, match="is not topic/partition/offset"):
            letters.place(text)


class TestSince:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("30s", NOW - timedelta(seconds=30)),
            ("30m", NOW - timedelta(minutes=30)),
            ("2h", NOW - timedelta(hours=2)),
            ("7d", NOW - timedelta(days=7)),
            ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
            ("2026-03-02T10:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC)),
            ("2026-03-02T15:30+05:30", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ],
    )
    def test_it_is_an_age_or_a_time(self, text: str, expected: datetime) -> None:
        """An age is counted back from now; a time without an offset is UTC."""
        assert expected == letters.since(text, NOW)

    @pytest.mark.parametrize("text", ["", "yesterday", "5", "5w", "-5m"])
    def test_anything_else_is_refused(self, text: str) -> None:
        """What is neither is refused with examples."""
        with pytest.raises(ValueError, match=r"neither a time like .* nor an age like 30m"):
            letters.since(text, NOW)


class TestSelection:
    @pytest.mark.parametrize(
        ("selection", "expected"),
        [
            (Selection(), [0, 1, 2]),
            (Selection(reason="invalid"), [0, 1, 2]),
            (Selection(reason="other"), []),
            (Selection(since=NOW), [1, 2]),
            (Selection(places=frozenset({(0, 2), (1, 1)})), [2]),
            (Selection(places=frozenset({(0, 0)}), since=NOW), []),
        ],
    )
    def test_every_condition_must_hold(self, selection: Selection, expected: list[int]) -> None:
        """A letter is meant when reason, time and place all fit."""
        found = [letter(offset=n, timestamp=NOW + timedelta(minutes=n - 1)) for n in range(3)]

        assert expected == [one.offset for one in found if selection.includes(one)]


class TestVerdict:
    def test_a_letter_goes_back_as_it_was(self) -> None:
        """A letter with an origin becomes its original record."""
        expected = OutgoingRecord(TOPIC, b"key", b"{}", (("ce_id", b"1"),))

        assert expected == letters.verdict(letter(), EXISTING)

    @pytest.mark.parametrize(
        ("one", "why"),
        [
            (letter(origin=None), "it came from no topic"),
            (letter(value=b"x" * 10**6), "only a part of it was kept"),
            (letter(origin="a\nb"), "it says that it came from a\\nb, whose letters are elsewhere"),
            (letter(origin="gone", topic="gone.dlq"), "the topic gone does not exist"),
        ],
    )
    def test_others_are_left_with_a_reason(self, one: Record, why: str) -> None:
        """A letter that cannot go back says why."""
        assert letters.verdict(one, EXISTING) == why


class TestTally:
    def test_it_counts_by_topic_and_reason(self) -> None:
        """A tally counts what is sent back and what is left out, and remembers how far it saw."""
        tally = Tally()

        for one in (letter(offset=1), letter(offset=3), letter(offset=4, origin=None)):
            tally.add(one, letters.verdict(one, EXISTING))

        assert tally.replayed == {(f"{TOPIC}.dlq", "invalid"): 2}
        assert tally.skipped == {(f"{TOPIC}.dlq", "it came from no topic"): 1}
        assert tally.ends == {(f"{TOPIC}.dlq", 0): 4}


class TestSummary:
    def test_it_says_what_a_list_shows(self) -> None:
        """A summary says when, where, why and how large, ready for JSON."""
        assert letters.summary(letter(offset=3)) == {
            "time": "2026-03-02T10:05:00.000Z",
            "topic": f"{TOPIC}.dlq",
            "partition": 0,
            "offset": 3,
            "key": "key",
            "reason": "invalid",
            "detail": "no \x1b[31mmetrics",
            "service": "detector",
            "bytes": 2,
            "from": f"{TOPIC}/2/43",
        }

    def test_a_stranger_s_record_has_one_too(self) -> None:
        """A record without the headers of a dead letter is shown as far as it goes."""
        row = letters.summary(Record("x.dlq", 0, 0, NOW, None, None, ()))

        assert (row["key"], row["reason"], row["service"], row["bytes"], row["from"]) == (
            None,
            "unknown",
            "unknown",
            0,
            None,
        )


class TestPrintable:
    def test_nothing_moves_the_cursor(self) -> None:
        """Control characters become escapes; letters of any script stay."""
        assert letters.printable("सतर्क\x1b[2J\r\n") == "सतर्क\\x1b[2J\\r\\n"
