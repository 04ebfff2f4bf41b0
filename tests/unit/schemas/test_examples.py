import pytest

from satark.schemas.codec import EVENT_TYPES, Event, decode, encode
from satark.schemas.examples import examples, opened, resolved, symptom, updated


def test_there_is_one_of_each_event() -> None:
    """The reference shows every event, in the order of the contract."""
    assert list(EVENT_TYPES) == list(examples())


@pytest.mark.parametrize("event", examples().values(), ids=lambda event: type(event).__name__)
def test_each_is_valid(event: Event) -> None:
    """What the reference shows is what a reader accepts."""
    encoded = encode(event, source="/satark/test")

    assert event == decode(encoded.topic, encoded.value, encoded.headers)


def test_tell_one_story() -> None:
    """The three events are of one incident, in order."""
    assert 1 == len({event.incident for event in (opened(), updated(), resolved())})
    assert [0, 1, 2] == [event.sequence for event in (opened(), updated(), resolved())]


def test_the_evidence_adds_up() -> None:
    """The distance is what its description says."""
    shown = symptom()
    normal = shown.baseline

    assert (shown.value - normal.centre) / max(normal.spread, normal.floor) == shown.distance
    assert shown.active
    assert not symptom(until=resolved().ended_at).active


def test_the_duration_is_the_time_between() -> None:
    """The incident's end minus its begin."""
    event = resolved()

    assert (event.ended_at - event.opened_at).total_seconds() == event.duration_s
