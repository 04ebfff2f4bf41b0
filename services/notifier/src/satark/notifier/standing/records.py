"""A change of what is open as a record of its topic. Pure."""

from satark.notifier.standing.standing import Change, Over
from satark.runtime.records import OutgoingRecord
from satark.schemas.codec import encode
from satark.schemas.topics import OPEN_INCIDENTS


def record_of(change: Change, *, source: str) -> OutgoingRecord:
    """Return the record; what is over has one without a value. `source` names the producer."""
    if isinstance(change, Over):
        return OutgoingRecord(OPEN_INCIDENTS, change.incident.encode(), None)
    encoded = encode(change, source=source)
    return OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers)
