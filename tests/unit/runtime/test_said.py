"""What people said, in memory."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from satark.runtime.records import Record
from satark.runtime.said import Latest, Said
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.codec import encode
from satark.schemas.silences import Matcher, Silence
from satark.schemas.topics import ACKNOWLEDGEMENTS, SILENCES

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def silence(number: int = 0) -> Silence:
    """Return a silence from an hour before noon to an hour after it."""
    matchers = [Matcher(name="edge", pattern=f"Pune-{number}")]
    return Silence.of(matchers=matchers, starts=NOW - HOUR, ends=NOW + HOUR, time=NOW - 2 * HOUR, by="asha")


def record(event: Any, *, gone: bool = False) -> Record:
    """Return the record of an event, or that it is gone."""
    made = encode(event, source="/test")
    return Record(made.topic, 0, 0, NOW, made.key, None if gone else made.value, made.headers)


class TestSaid:
    def test_the_latest_counts(self) -> None:
        """Of two words on the same the later counts, in whatever order they come."""
        made, said = silence(), Said()
        ended = made.ended(time=NOW, by="ben")

        for event in (ended, made):
            said.apply(record(event))

        assert said.silences.get(made.silence) == ended

    def test_records_without_a_value_and_without_sense(self) -> None:
        """A record without a value takes its word back; one that cannot be read is counted."""
        said, word = Said(), Acknowledgement.of(incident="i", entity="e", time=NOW, by="asha")
        said.apply(record(word))
        assert said.acknowledgements.get("i") == word

        said.apply(record(word, gone=True))
        said.apply(record(silence()))
        said.apply(record(silence(), gone=True))
        said.apply(Record(SILENCES, 0, 0, NOW, b"k", b"nonsense", ()))

        assert (said.acknowledgements.every(), said.silences.every(), said.unreadable) == ([], [], 1)
        assert ACKNOWLEDGEMENTS != SILENCES

    def test_what_held_for_a_while(self) -> None:
        """Of a span of time all silences are known that held in it, the oldest first, and none that never held."""
        said, subject = Said(), {"edge": "Pune-0"}
        first, last = silence(), replace(silence(), silence="z", starts=NOW, ends=NOW + 3 * HOUR)
        for one in (last, first, silence(1), replace(silence(), silence="never", ends=NOW - HOUR)):
            said.take(one)

        assert said.silences_between(subject, NOW - 2 * HOUR, NOW) == [first, last]
        assert said.silences_between(subject, NOW + HOUR, NOW + 2 * HOUR) == [last]
        assert said.silences_between(subject, NOW - 3 * HOUR, NOW - 2 * HOUR) == []

    def test_there_are_so_many(self) -> None:
        """What was said longest ago is forgotten when there is too much."""
        kept: Latest[Silence] = Latest(most=2)

        for number in range(3):
            kept.put(str(number), silence(number))

        assert [kept.get(str(number)) is not None for number in range(3)] == [False, True, True]
