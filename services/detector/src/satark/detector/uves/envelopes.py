"""What a batch comes to as records: where each goes. Pure."""

from collections.abc import Iterator
from datetime import datetime

from satark.detector.uves.output import Output
from satark.runtime.deadletter import dead_letter
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.codec import Event, encode
from satark.schemas.topics import UVE_CHANGELOG, UVE_STATES

SOURCE = "/satark/detector"


def events_of(output: Output) -> Iterator[OutgoingRecord]:
    """Yield what a partition's output tells: incidents first, in their order."""
    for event in (*output.incidents, *output.messages):
        yield _record(event)


def states_of(number: int, output: Output, partitions: int | None = None) -> Iterator[OutgoingRecord]:
    """Yield the states of a partition's output; they go to the partition that their shares come from.

    Where there are fewer of these, an object's states go on to where they always went: numbers of partitions are
    multiples (docs/adr/0027).
    """
    number = number if partitions is None else number % partitions
    for entity, state in output.states:
        yield OutgoingRecord(UVE_STATES, entity.encode(), None, (), number) if state is None else _record(state, number)


def rows_of(number: int, output: Output) -> Iterator[OutgoingRecord]:
    """Yield the rows of a partition's output, in the order to write them."""
    for key, value in output.rows:
        yield OutgoingRecord(UVE_CHANGELOG, key, value, (), number)


def letter_of(record: Record, error: Exception, now: datetime) -> OutgoingRecord:
    """Return a record that cannot be used as a dead letter."""
    return dead_letter(record, error, service="detector", now=now)


def _record(event: Event, partition: int | None = None) -> OutgoingRecord:
    encoded = encode(event, source=SOURCE)
    return OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers, partition)
