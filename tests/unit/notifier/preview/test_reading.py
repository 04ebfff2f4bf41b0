import msgspec
import pytest

from satark.notifier.events import Event
from satark.notifier.preview import story
from satark.notifier.preview.reading import UnreadableEventsError, events_of

EVENTS: tuple[Event, ...] = (story.opened(), story.updated(), story.resolved(), story.group())


class TestEventsOf:
    def test_reads_what_kafka_has(self) -> None:
        """One event, or one a line."""
        lines = b"\n\n".join(map(msgspec.json.encode, EVENTS))

        assert list(EVENTS) == events_of(lines)
        assert [EVENTS[0]] == events_of(msgspec.json.encode(EVENTS[0]))

    def test_reads_stories(self) -> None:
        """What `satark incidents ID --json` writes: events are in the story, and its own summary is none."""
        stories = [
            {"incident": {"incident": "x", "entity": "e", "state": "open"}, "events": EVENTS, "notifications": []}
        ]

        assert list(EVENTS) == events_of(msgspec.json.encode(stories))

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"", "there is no incident event in it"),
            (b"{\n", "it is no JSON: "),
            (b"[]", "there is no incident event in it"),
            (b'{"a": {"b": 1}}', "there is no incident event in it"),
            (b"[" * 20 + b"]" * 20, "there is no incident event in it"),
            (b'{"event": "opened", "entity": "e", "id": "17"}', "the event 17 is none: Object missing required field"),
            (b'{"event": "opened", "entity": "e", "group": "g"}', "the event  is none: "),
            (b'{"event": "moved", "entity": "e"}', "the event  is none: Invalid value 'moved'"),
        ],
    )
    def test_says_what_it_cannot_read(self, data: bytes, message: str) -> None:
        """A file of anything else."""
        with pytest.raises(UnreadableEventsError) as caught:
            events_of(data)

        assert message in str(caught.value)
